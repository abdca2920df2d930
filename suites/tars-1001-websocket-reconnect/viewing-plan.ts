/** Who looks at what, and what happens meanwhile: the viewings of a run, drawn from the model before anything is started. */
import { randomUUID } from 'node:crypto';
import { forkRandom } from '../../harness/random/random.ts';
import type { Onlooker } from './onlookers-child.ts';
import { planEvents, planPath, type SpellLaw } from './viewing-model.ts';

export const AGENTS = 100;
export const ONLOOKERS_OF_AN_AGENT = 10;

/** An agent and those who look at it. */
export interface Agent {
  readonly id: string;
  /** Before the viewing: the page has just been loaded, and every path has seen a byte. */
  readonly firstEvent: string;
  /** By their ids, in order; `at_ms` counts from the beginning of the viewing, undivided. */
  readonly events: readonly { readonly id: string; readonly at_ms: number }[];
  readonly onlookers: readonly Onlooker[];
}

/** @param token gives the token of a user @param random numbers in [0, 1), drawn by nobody else */
export function planAgents(law: SpellLaw, random: () => number, token: (subject: string) => string): Agent[] {
  return Array.from({ length: AGENTS }, (_, index) => {
    const id = `${law}-${index}`;
    const own = forkRandom(random);
    const events = planEvents(law, forkRandom(own)).map((at_ms) => ({ id: randomUUID(), at_ms }));
    const onlookers = Array.from({ length: ONLOOKERS_OF_AN_AGENT }, (_, place) => ({
      token: token(`${id}-${place}`),
      channel: channelOf(id),
      path: planPath(forkRandom(own)),
    }));
    return { id, firstEvent: randomUUID(), events, onlookers };
  });
}

export function channelOf(agentId: string): string {
  return `agents/${agentId}`;
}
