import { expect, test } from 'vitest';
import type { Discovered, DiscoveredCheck } from '../checks/discover.ts';
import type { Profile, ReleasePromise } from '../schema/promise.ts';
import { select } from './select.ts';

const one = { id: 'one', ticket: 'T-1001', title: '', folder: '' };
const two = { id: 'two', ticket: 'T-1002', title: '', folder: '' };

function givenCheck(id: string, suite: typeof one, from: Profile = 'smoke', measure = 'a_ms'): DiscoveredCheck {
  const options = {
    lane: 'functional',
    facts: ['x'],
    measures: { [measure]: 'ms' },
    arms: ['candidate'],
    from,
    destroysStack: false,
    timeout_ms: 1,
  } as const;
  return { id, suite, file: '', options, run: async () => {} };
}

function givenPromise(id: string, suite: string, decidableFrom: Profile = 'smoke', measure = 'a_ms'): ReleasePromise {
  return {
    id,
    suite,
    kind: 'absolute',
    says: '',
    measure,
    statistic: 'max',
    operator: '<',
    limit: 1,
    unit: 'ms',
    minSamples: 1,
    decidableFrom,
  };
}

const discovered: Discovered = {
  suites: [one, two],
  checks: [
    givenCheck('one/a', one),
    givenCheck('one/b', one),
    givenCheck('one/long', one, 'nightly', 'b_ms'),
    givenCheck('two/a', two),
  ],
  promises: [
    givenPromise('one/p', 'one'),
    givenPromise('one/slow', 'one', 'nightly', 'b_ms'),
    givenPromise('two/p', 'two'),
  ],
  mutants: [],
};
const none = { ticket: [], suite: [], check: [] };
const choose = (filters: Partial<typeof none | Record<string, string[]>>, profile: Profile = 'smoke') =>
  select(discovered, { ...none, ...filters }, profile, 1);

test('without filters everything the profile decides is in scope, and the rest is deferred by its own declaration', () => {
  const { expected, deferred, narrowedBy, tickets } = choose({});
  expect(expected).toEqual(['one/p', 'two/p', 'one/a/facts', 'one/b/facts', 'two/a/facts']);
  expect(deferred).toEqual([
    { id: 'one/slow', decidableFrom: 'nightly' },
    { id: 'one/long/facts', decidableFrom: 'nightly' },
  ]);
  expect({ narrowedBy, tickets }).toEqual({ narrowedBy: [], tickets: ['T-1001', 'T-1002'] });
});

test('the profile that a promise declares takes it in', () => {
  const { expected, deferred } = choose({}, 'nightly');
  expect(expected).toContain('one/slow');
  expect(deferred).toEqual([]);
});

test.for([['T-1001'], ['t-1001'], ['1001']])(
  'ticket %s selects its suite and is told as narrowing',
  ([ticket = '']) => {
    expect(choose({ ticket: [ticket] })).toMatchObject({
      expected: ['one/p', 'one/a/facts', 'one/b/facts'],
      narrowedBy: ['--ticket T-1001'],
    });
  },
);

test('filters of a kind widen each other, kinds narrow each other', () => {
  expect(choose({ check: ['one/a', 'two/a'] }).checks.map(({ id }) => id)).toEqual(['one/a', 'two/a']);
  expect(choose({ ticket: ['1001'], check: ['one/a', 'two/a'] }).checks.map(({ id }) => id)).toEqual(['one/a']);
});

test('a promise is not judged on part of the checks that feed it', () => {
  expect(choose({ check: ['one/a'] }).expected).toEqual(['one/a/facts']);
  expect(choose({ check: ['one/a', 'one/b'] }).expected).toContain('one/p');
});

test('a measured check is planned with the pairs it may make, and so many times as many as are asked for', () => {
  const plain = givenCheck('one/a', one);
  const measured = { ...plain, options: { ...plain.options, pairs: { least: 7, most: 12 } } };
  const planned = (replicates: number) =>
    select({ ...discovered, checks: [measured] }, none, 'smoke', replicates).planned;
  expect(planned(1)).toMatchObject([{ replicates: 12, leastReplicates: 7 }]);
  expect(planned(3)).toMatchObject([{ replicates: 36, leastReplicates: 7 }]);
  expect(choose({ check: ['one/a'] }).planned).toMatchObject([{ replicates: 1 }]);
});

test('an unknown name is refused with the nearest valid one', () => {
  expect(() => choose({ ticket: ['1003'] })).toThrow(/unknown ticket "1003": did you mean "T-100/);
  expect(() => choose({ suite: ['tow'] })).toThrow('did you mean "two"?');
});
