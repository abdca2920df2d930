import { expect, test } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import type { Lane } from '../schema/scope.ts';
import type { DiscoveredCheck } from './discover.ts';
import { longestFirst } from './longest-first.ts';

interface Declared {
  readonly lane?: Lane;
  readonly timeout_ms: number;
  readonly arms?: readonly string[];
}

/** The files, each with its checks, in the order in which they are run. */
async function orderOf(files: Record<string, readonly Declared[]>): Promise<string[]> {
  const checks = Object.entries(files).flatMap(([file, declared]) =>
    declared.map(({ lane = 'functional', arms = ['candidate'], timeout_ms }) => ({
      file,
      options: { lane, arms, timeout_ms },
    })),
  ) as unknown as DiscoveredCheck[];
  const specifications = Object.entries(files).map(([moduleId, [first]]) => ({
    moduleId,
    project: { config: { sequence: { groupOrder: first?.lane === 'timing' ? 1 : 0 } } },
  })) as unknown as TestSpecification[];
  const sorted = await new (longestFirst(checks))({} as Vitest).sort(specifications);
  return sorted.map(({ moduleId }) => moduleId);
}

test('the file that may take longest comes first, whatever its lane', async () => {
  const order = await orderOf({
    short: [{ timeout_ms: 10 }],
    long: [{ timeout_ms: 30, lane: 'waiting' }],
    middle: [{ timeout_ms: 20 }],
  });
  expect(order).toEqual(['long', 'middle', 'short']);
});

test('what runs one after the other adds up, what waits together does not', async () => {
  const order = await orderOf({
    'both arms together': [{ timeout_ms: 25, lane: 'waiting', arms: ['baseline', 'candidate'] }],
    'both arms in turns': [{ timeout_ms: 15, arms: ['baseline', 'candidate'] }],
    'two checks in turns': [{ timeout_ms: 13 }, { timeout_ms: 14 }],
  });
  expect(order).toEqual(['both arms in turns', 'two checks in turns', 'both arms together']);
});

test('files that may take equally long keep an order of their own, not that of the search', async () => {
  expect(await orderOf({ b: [{ timeout_ms: 10 }], a: [{ timeout_ms: 10 }] })).toEqual(['a', 'b']);
});

test('a measurement comes after all that runs side by side', async () => {
  const order = await orderOf({
    timed: [{ timeout_ms: 90, lane: 'timing' }],
    short: [{ timeout_ms: 10 }],
  });
  expect(order).toEqual(['short', 'timed']);
});
