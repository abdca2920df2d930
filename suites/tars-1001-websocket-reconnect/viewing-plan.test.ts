import { expect, test } from 'vitest';
import { seededRandom } from '../../harness/random/random.ts';
import { VIEWING_MS } from './viewing-model.ts';
import { planAgents } from './viewing-plan.ts';

const plan = (seed: number) => planAgents('weibull', seededRandom(seed), (subject) => `token of ${subject}`);
/** Without the ids of events, which are of no consequence. */
const shapeOf = (seed: number) =>
  plan(seed).map(({ id, events, onlookers }) => ({ id, at_ms: events.map((event) => event.at_ms), onlookers }));

test('a law has a thousand users, ten to an agent, each with a token and a path of its own', () => {
  const onlookers = plan(1).flatMap((agent) => agent.onlookers.map((one) => ({ ...one, agent: agent.id })));
  expect(onlookers).toHaveLength(1_000);
  expect(new Set(onlookers.map(({ token }) => token)).size).toBe(1_000);
  expect(new Set(onlookers.map(({ path }) => path.idle.limit_ms)).size).toBe(1_000);
  expect(onlookers.filter(({ channel, agent }) => channel !== `agents/${agent}`)).toEqual([]);
});

test('a seed repeats the plan, another makes another', () => {
  expect(shapeOf(7)).toEqual(shapeOf(7));
  expect(shapeOf(7)).not.toEqual(shapeOf(8));
});

test('no event comes after the viewing, or twice', () => {
  const events = plan(2).flatMap((agent) => agent.events);
  expect(events.filter(({ at_ms }) => at_ms >= VIEWING_MS)).toEqual([]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
});
