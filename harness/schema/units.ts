/** Units of measures, and the scale at which a reader wants a value of one: 41,200 ms are 41.2 s. */

/** One step of a family of units: written as `name` from `from` on. Both counts are of the family's base unit. */
type Step = { per: number; from: number; name: string };

/** In milliseconds. Up to two hours there are minutes, up to two minutes seconds. */
const TIME: Step[] = [
  { per: 3_600_000, from: 7_200_000, name: 'h' },
  { per: 60_000, from: 120_000, name: 'min' },
  { per: 1000, from: 1000, name: 's' },
  { per: 1, from: 1, name: 'ms' },
  { per: 0.001, from: 0, name: 'µs' },
];
/** Powers of ten, as the SI has them and release plans write them: "< 10 MB" is 10,000,000. */
const BYTES: Step[] = [
  { per: 1e9, from: 1e9, name: 'GB' },
  { per: 1e6, from: 1e6, name: 'MB' },
  { per: 1e3, from: 1e3, name: 'kB' },
  { per: 1, from: 0, name: 'B' },
];

/** Units that are written at a readable scale: how many of the family's base unit one of them is. */
const FAMILIES = new Map([
  ['us', { steps: TIME, base: 0.001 }],
  ['ms', { steps: TIME, base: 1 }],
  ['s', { steps: TIME, base: 1000 }],
  ['bytes', { steps: BYTES, base: 1 }],
]);

/** Values up to this many times larger or smaller are written at one scale. */
const COMPARABLE = 100;

/** How many of the measure's unit make one of the unit to write it in, and what that is called. */
export type Scale = { per: number; name: string };

/**
 * The scale to write `value` at; undefined for a unit that has no other than itself.
 * Beside another value it is that one's scale, unless they are too far apart to be compared.
 */
export function scaleOf(value: number, unit: string, beside = 0): Scale | undefined {
  const family = FAMILIES.get(unit);
  if (family === undefined) return undefined;
  const { steps, base } = family;
  const ratio = Math.abs(value / beside);
  const comparable = ratio <= COMPARABLE && ratio >= 1 / COMPARABLE;
  const model = value === 0 ? beside || 1 : comparable ? beside : value;
  const size = Math.abs(model) * base;
  const { per, name } = steps.find(({ from }) => size >= from) as Step;
  return { per: per / base, name };
}

/** The signs of a promise's operators, as readers know them. */
export const SIGNS = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' } as const;
