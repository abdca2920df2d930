import { expect, test } from 'vitest';
import type { Discovered, DiscoveredCheck } from '../checks/discover.ts';
import type { Mutant } from '../schema/mutant.ts';
import type { Profile, ReleasePromise } from '../schema/promise.ts';
import type { Lane } from '../schema/scope.ts';
import { companyOf, stepsFor } from './mutant-selection.ts';

function checkOf(id: string, lane: Lane, measure?: string, from: Profile = 'smoke'): DiscoveredCheck {
  const measures = measure === undefined ? {} : { [measure]: 'ms' };
  return { id, suite: { id: 'a' }, options: { lane, measures, from } } as unknown as DiscoveredCheck;
}

const discovered = {
  checks: [
    checkOf('a/idle', 'waiting', 'away_ms'),
    checkOf('a/killed', 'waiting', 'away_ms'),
    checkOf('a/input', 'functional'),
    checkOf('a/cost', 'timing', 'cpu_ms', 'standard'),
  ],
  promises: [
    { id: 'a/back', measure: 'away_ms' },
    { id: 'a/cheap', measure: 'cpu_ms' },
  ] as ReleasePromise[],
  mutants: [],
  suites: [],
} satisfies Discovered;

const mutantOf = (gates: string[], profile: Profile = 'smoke') =>
  ({ id: 'a/m', suite: 'a', gates, profile }) as unknown as Mutant;

test('a gate is tried with every check that feeds it, the gates in the order they are named', () => {
  expect(stepsFor(mutantOf(['a/input/facts', 'a/back']), discovered)).toEqual([['a/input'], ['a/idle', 'a/killed']]);
});

test('checks that were tried are not tried again for a gate that comes later', () => {
  expect(stepsFor(mutantOf(['a/back', 'a/killed/facts']), discovered)).toEqual([['a/idle', 'a/killed']]);
  expect(stepsFor(mutantOf(['a/killed/facts', 'a/back']), discovered)).toEqual([['a/killed'], ['a/idle', 'a/killed']]);
});

test.for<[string[], Profile, string]>([
  [['a/back', 'a/idle/facts'], 'smoke', 'waiting'],
  [['a/back', 'a/input/facts'], 'smoke', 'busy'],
  [['a/cheap'], 'standard', 'alone'],
  [['a/back', 'a/cheap'], 'standard', 'alone'],
])('a mutant of %s at %s is %s', ([gates, profile, company]) => {
  expect(companyOf(mutantOf(gates, profile), discovered, false)).toBe(company);
});

test('with all gates of its suite a mutant needs the machine alone as soon as its profile has a timed check', () => {
  expect(companyOf(mutantOf(['a/back'], 'smoke'), discovered, true)).toBe('busy');
  expect(companyOf(mutantOf(['a/back'], 'standard'), discovered, true)).toBe('alone');
});
