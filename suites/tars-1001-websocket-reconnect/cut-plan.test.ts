import { expect, test } from 'vitest';
import { seededRandom } from '../../harness/random/random.ts';
import { CUTS, planCuts } from './cut-plan.ts';

const plan = (seed: number) => planCuts(seededRandom(seed));

test('a seed repeats the whole plan, another seed makes another', () => {
  expect(plan(7)).toEqual(plan(7));
  expect(plan(7)).not.toEqual(plan(8));
  expect(plan(7).map(({ cut }) => cut)).not.toEqual(plan(8).map(({ cut }) => cut));
});

test('a plan holds every cut as often as said', () => {
  const cuts = plan(7).map(({ cut }) => cut);
  for (const [cut, count] of Object.entries(CUTS)) expect(cuts.filter((one) => one === cut)).toHaveLength(count);
  expect(cuts).toHaveLength(Object.values(CUTS).reduce<number>((sum, count) => sum + count, 0));
});

test('pauses and bytes stay within what is said', () => {
  const planned = Array.from({ length: 100 }, (_, seed) => plan(seed)).flat();
  for (const { pause_ms, bytes } of planned) {
    expect(pause_ms).toBeGreaterThanOrEqual(100);
    expect(pause_ms).toBeLessThan(500);
    expect(bytes).toBeGreaterThanOrEqual(1);
    expect(bytes).toBeLessThanOrEqual(700);
  }
  expect(new Set(planned.map(({ bytes }) => bytes)).size).toBeGreaterThan(600);
});
