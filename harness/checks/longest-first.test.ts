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

test('of a lane the file that may take longest comes first', async () => {
  const files = { short: [{ timeout_ms: 10 }], long: [{ timeout_ms: 30 }], middle: [{ timeout_ms: 20 }] };
  expect(await orderOf(files)).toEqual(['long', 'middle', 'short']);
});

test('what mostly waits comes before what computes, however short', async () => {
  const order = await orderOf({
    computes: [{ timeout_ms: 90 }],
    waits: [{ timeout_ms: 10, lane: 'waiting' }],
  });
  expect(order).toEqual(['waits', 'computes']);
});

test('what runs one after the other adds up', async () => {
  const order = await orderOf({
    'one arm': [{ timeout_ms: 28 }],
    'both arms': [{ timeout_ms: 15, arms: ['baseline', 'candidate'] }],
    'two checks': [{ timeout_ms: 14 }, { timeout_ms: 15 }],
  });
  expect(order).toEqual(['both arms', 'two checks', 'one arm']);
});

test('what waits together does not add up', async () => {
  const waiting = (timeout_ms: number): Declared => ({ timeout_ms, lane: 'waiting', arms: ['baseline', 'candidate'] });
  expect(await orderOf({ both: [waiting(15), waiting(20)], one: [waiting(25)] })).toEqual(['one', 'both']);
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
