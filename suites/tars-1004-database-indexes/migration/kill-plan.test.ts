import { expect, test } from 'vitest';
import { seededRandom } from '../../../harness/random/random.ts';
import { indexes } from '../../../impl/database/indexes.ts';
import { HELD_PHASES } from './build-hold.ts';
import { killsOf } from './kill-plan.ts';

const pairs = (seed: number, count?: number) =>
  killsOf(seededRandom(seed), count).map(({ index, phase }) => `${index.name} ${phase}`);

test('all pairs of an index and a phase come once', () => {
  expect(new Set(pairs(1)).size).toBe(indexes.length * HELD_PHASES.length);
  expect(pairs(1)).toHaveLength(indexes.length * HELD_PHASES.length);
});

test('fifteen are about every index and every phase, drawn by the seed', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const kills = killsOf(seededRandom(seed), 15);
    expect(new Set(kills.map(({ index }) => index.name)).size).toBe(indexes.length);
    expect(new Set(kills.map(({ phase }) => phase)).size).toBe(HELD_PHASES.length);
  }
  expect(pairs(3, 15)).toEqual(pairs(3, 15));
  expect(pairs(3, 15)).not.toEqual(pairs(4, 15));
});
