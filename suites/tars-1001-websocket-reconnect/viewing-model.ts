/**
 * Half an hour of somebody looking at a dashboard: when events come, how long the path bears silence, when the network is
 * away. VIEWING-MODEL.md says where each number comes from. It was committed before v1.0.0 was measured by it; it is not
 * to be changed to make a figure come out.
 */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** How long a viewing lasts. */
export const VIEWING_MS = 30 * MINUTE_MS;
/** Mean of the spells between two events of an agent, whichever the distribution. */
const MEAN_SPELL_MS = 2 * MINUTE_MS;
/** The path ends, or forgets, a connection on which nothing was said for as long. */
const IDLE_LIMIT_MS = { least: 5 * MINUTE_MS, most: 10 * MINUTE_MS } as const;
/** How many viewings have an outage of the network in them. */
const OUTAGE_SHARE = 0.05;
const OUTAGE_MS = { least: 5 * SECOND_MS, most: 20 * MINUTE_MS } as const;

const WEIBULL_SHAPE = 0.5;
const PARETO_SHAPE = 1.5;

/** Draws a spell between two events, in ms, from a number in [0, 1); by inversion. */
type Spell = (uniform: number) => number;

/** The mean of a Weibull distribution is its scale times Γ(1 + 1/shape), and Γ(3) = 2. */
const WEIBULL_SCALE_MS = MEAN_SPELL_MS / 2;
/** The mean of a Pareto distribution is its least value times shape / (shape - 1). */
const PARETO_LEAST_MS = (MEAN_SPELL_MS * (PARETO_SHAPE - 1)) / PARETO_SHAPE;

/** Three laws of the spells, of one mean. */
export const SPELLS = {
  exponential: (uniform) => -MEAN_SPELL_MS * Math.log(1 - uniform),
  weibull: (uniform) => WEIBULL_SCALE_MS * (-Math.log(1 - uniform)) ** (1 / WEIBULL_SHAPE),
  pareto: (uniform) => PARETO_LEAST_MS * (1 - uniform) ** (-1 / PARETO_SHAPE),
} as const satisfies Record<string, Spell>;

export type SpellLaw = keyof typeof SPELLS;

/** When an agent's events are committed, in ms from the beginning of the viewing. */
export function planEvents(law: SpellLaw, random: () => number): number[] {
  const events: number[] = [];
  for (let at_ms = SPELLS[law](random()); at_ms < VIEWING_MS; at_ms += SPELLS[law](random())) events.push(at_ms);
  return events;
}

/** `rst`: both ends are told by a reset · `silence`: nobody is told anything. */
export type HowItEnds = 'rst' | 'silence';

/** What a user's way to the server does to a connection. All in ms. */
export interface Path {
  readonly idle: { readonly limit_ms: number; readonly how: HowItEnds };
  /** Ends with the viewing at the latest: nobody sees anything new before the network is back, whatever the release. */
  readonly outage?: { readonly at_ms: number; readonly length_ms: number; readonly how: HowItEnds };
}

export function planPath(random: () => number): Path {
  // Always as many draws, so that one user's outage does not change what the next user meets.
  const [limit, idleHow, hasOutage, at, length, outageHow] = Array.from({ length: 6 }, random) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const { least, most } = IDLE_LIMIT_MS;
  const idle = { limit_ms: least + limit * (most - least), how: howItEnds(idleHow) };
  if (hasOutage >= OUTAGE_SHARE) return { idle };
  const at_ms = at * VIEWING_MS;
  const drawn_ms = OUTAGE_MS.least * (OUTAGE_MS.most / OUTAGE_MS.least) ** length;
  return { idle, outage: { at_ms, length_ms: Math.min(drawn_ms, VIEWING_MS - at_ms), how: howItEnds(outageHow) } };
}

function howItEnds(uniform: number): HowItEnds {
  return uniform < 0.5 ? 'rst' : 'silence';
}
