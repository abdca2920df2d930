import { expect, test } from 'vitest';
import type { Mutant, MutantReport } from '../schema/mutant.ts';
import type { Run } from '../schema/run.ts';
import type { Verdict } from '../schema/verdict.ts';
import { reportMutant, tooCoarse, unturned } from './matrix.ts';

const mutant: Mutant = {
  id: 'a/m',
  suite: 'a',
  source: 'a plan',
  says: 'it is slow',
  file: 'x.ts',
  find: 'fast',
  replace: 'slow',
  gates: ['a/one', 'a/two'],
  profile: 'smoke',
};

function reportOf(verdicts: Record<string, Verdict>): MutantReport {
  const gates = Object.entries(verdicts).map(([id, verdict]) => ({ id, verdict }));
  return reportMutant(mutant, { gates: gates as Run['gates'], command: 'again' }, 1.4);
}

test('a mutant is caught by those of its gates that say fail', () => {
  expect(reportOf({ 'a/one': 'pass', 'a/two': 'fail', 'a/three': 'fail' })).toMatchObject({
    caught: true,
    caughtBy: ['a/two'],
  });
});

test.for<Verdict>(['error', 'no-data', 'inconclusive', 'marginal', 'pass'])('%s catches nothing', (verdict) => {
  expect(reportOf({ 'a/one': verdict, 'a/two': verdict })).toMatchObject({ caught: false, caughtBy: [] });
});

test('a gate that nobody named for it does not catch it', () => {
  expect(reportOf({ 'a/one': 'pass', 'a/three': 'fail' }).caught).toBe(false);
});

test('no gates at all catch nothing', () => {
  expect(reportOf({}).caught).toBe(false);
});

test('a promise that no mutant turns is told, one that any turns is not', () => {
  const reports = [reportOf({ 'a/one': 'fail', 'a/two': 'pass' }), reportOf({ 'a/two': 'error', 'a/three': 'pass' })];
  expect(unturned(['a/one', 'a/two', 'a/three'], reports)).toEqual(['a/two', 'a/three']);
});

test('a mutant may take two of six gates with it, not three', () => {
  const verdicts = { a: 'fail', b: 'no-data', c: 'pass', d: 'pass', e: 'pass', f: 'pass' } as const;
  expect(tooCoarse([reportOf(verdicts)])).toEqual([]);
  expect(tooCoarse([reportOf({ ...verdicts, c: 'error' })])).toEqual(['a/m']);
});
