import { expect, test } from 'vitest';
import { seededRandom } from '../random/random.ts';
import type { Contender, Figures } from './benchmark.ts';
import { type CompeteOptions, type Competition, compete } from './compete.ts';
import { standingsOf } from './standings.ts';

const contender = (name: string, measure: Contender['measure'], scenario = 'one'): Contender => ({
  scenario,
  name,
  version: '1',
  measure,
});

function run(contenders: readonly Contender[], options: Partial<CompeteOptions> = {}): Promise<Competition> {
  return compete({
    contenders,
    measures: ['p50_ms'],
    rounds: 6,
    timeout_ms: 5_000,
    random: seededRandom(1),
    signal: new AbortController().signal,
    began: () => {},
    failed: () => {},
    ...options,
  });
}

test('each is measured once a round, those of a scenario after each other, in an order that is drawn anew', async () => {
  const order: string[] = [];
  const noting = (name: string, scenario: string) =>
    contender(
      name,
      async () => {
        order.push(`${scenario} ${name}`);
        return { p50_ms: 1 };
      },
      scenario,
    );
  const all = ['near', 'far'].flatMap((scenario) => ['ours', 'theirs'].map((name) => noting(name, scenario)));
  const { turns } = await run(all, { rounds: 20 });
  expect(turns).toHaveLength(80);
  const rounds = Array.from({ length: 20 }, (_, round) => order.slice(4 * round, 4 * round + 4));
  for (const round of rounds) {
    expect(new Set(round).size).toBe(4);
    expect(round[0]?.split(' ')[0]).toBe(round[1]?.split(' ')[0]);
  }
  // Of two scenarios with two contenders each there are eight such orders.
  expect(new Set(rounds.map(String)).size).toBe(8);
});

test.for<[name: string, measure: Contender['measure'], says: RegExp]>([
  ['one that throws', () => Promise.reject(new Error('no server')), /no server/],
  ['a figure nobody asked for', async () => ({ p51_ms: 1 }), /it gave p51_ms; expected one of p50_ms/],
  ['a figure that is no number', async () => ({ p50_ms: Number.NaN }), /it gave NaN as p50_ms/],
  ['one that never ends', () => new Promise<Figures>(() => {}), /within 20 ms/],
])('%s is a failed turn, and the others go on', async ([, measure, says]) => {
  const { turns, failures } = await run([contender('bad', measure), contender('good', async () => ({ p50_ms: 2 }))], {
    rounds: 2,
    timeout_ms: 20,
  });
  expect(turns.map(({ name, round }) => [name, round])).toEqual([
    ['good', 0],
    ['good', 1],
  ]);
  expect(failures.map(({ name, round }) => [name, round])).toEqual([
    ['bad', 0],
    ['bad', 1],
  ]);
  expect(failures[0]?.says).toMatch(says);
});

test('one that is over its time hears of it', async () => {
  const heard = Promise.withResolvers<void>();
  const deaf = contender('slow', (signal) => {
    signal.addEventListener('abort', () => heard.resolve());
    return new Promise<Figures>(() => {});
  });
  await run([deaf], { rounds: 1, timeout_ms: 20 });
  await expect(heard.promise).resolves.toBeUndefined();
});

test('stopping keeps what was measured and is nobody’s failure', async () => {
  const controller = new AbortController();
  let calls = 0;
  const stopping = contender('a', async () => {
    calls += 1;
    if (calls < 3) return { p50_ms: 1 };
    controller.abort();
    throw new Error('cut short');
  });
  const { turns, failures } = await run([stopping], { signal: controller.signal });
  expect([turns.length, failures.length, calls]).toEqual([2, 0, 3]);
});

test('ratios are taken within rounds, so that what a round has in common cancels out', () => {
  const turns = [1, 100, 10, 1_000, 3, 30].flatMap((drift, round) => [
    { scenario: 'one', name: 'ours', round, figures: { p50_ms: drift } },
    { scenario: 'one', name: 'theirs', round, figures: { p50_ms: 2 * drift } },
  ]);
  const never = () => Promise.reject(new Error('not called'));
  const [ours, theirs] = standingsOf([contender('ours', never), contender('theirs', never)], turns, ['p50_ms'], 6);
  expect(ours?.standings[0]).toMatchObject({ figure: { median: 10, low: 1, high: 1_000 }, ratio: null });
  expect(theirs?.standings[0]?.ratio).toEqual({ median: 2, low: 2, high: 2 });
});

test('five rounds are too few for an interval, and a round that is missing is a hole', () => {
  const turns = [0, 1, 2, 3, 5].map((round) => ({ scenario: 'one', name: 'ours', round, figures: { p50_ms: round } }));
  const never = () => Promise.reject(new Error('not called'));
  const [ours] = standingsOf([contender('ours', never)], turns, ['p50_ms'], 6);
  expect(ours?.standings[0]).toMatchObject({
    samples: [0, 1, 2, 3, null, 5],
    figure: { median: 2, low: null, high: null },
  });
});
