import { validate } from 'ctrf';
import { describe, expect, it } from 'vitest';
import type { Run } from '../schema/run.ts';
import { renderCtrf } from './ctrf.ts';
import * as runs from './run.fixture.ts';

interface Report {
  readonly results: {
    readonly summary: Readonly<Record<string, number>>;
    readonly tests: readonly {
      readonly name: string;
      readonly status: string;
      readonly rawStatus?: string;
      readonly flaky?: boolean;
    }[];
  };
}

const read = (run: Run) => JSON.parse(renderCtrf(run)) as Report;

describe('ctrf.json', () => {
  it.each([
    ['that passes', runs.passingRun()],
    ['that fails', runs.failingRun()],
    ['that was killed', runs.killedRun()],
    ['without gates', runs.emptyRun()],
    ['with doubts', runs.doubtfulRun()],
    ['with hostile text', runs.hostileRun()],
    ['of thousands of gates', runs.bigRun()],
  ])('of a run %s is valid by the schema of the format', (_, run) => {
    expect(validate(JSON.parse(renderCtrf(run)))).toMatchObject({ valid: true });
  });

  it('has a test for each gate and each deferred promise, and its counts add up', () => {
    const run = runs.failingRun();
    const { summary, tests } = read(run).results;
    expect(tests.map(({ name }) => name)).toEqual([
      ...run.gates.map(({ id }) => id),
      ...run.deferred.map(({ id }) => id),
    ]);
    const { passed = 0, failed = 0, pending = 0, other = 0 } = summary;
    expect(passed + failed + pending + other).toBe(summary.tests);
    expect(failed).toBe(run.gates.filter(({ verdict }) => verdict === 'fail').length);
  });

  it.each(['error', 'no-data', 'inconclusive', 'marginal'] as const)(
    'tells of %s as neither passed nor failed',
    (verdict) => {
      const { tests } = read({ ...runs.passingRun(), gates: [runs.gate({ verdict })], verdict }).results;
      expect(tests[0]).toMatchObject({ status: 'other', rawStatus: verdict });
    },
  );

  it('marks the gate that is flaky, and no other', () => {
    const { summary, tests } = read(runs.doubtfulRun()).results;
    expect(summary.flaky).toBe(1);
    expect(tests.filter(({ flaky }) => flaky).map(({ name }) => name)).toEqual(['acme-1001/reconnects-soon']);
  });

  it('is not green when all gates pass and the run does not', () => {
    const { tests } = read({ ...runs.passingRun(), gates: [runs.gate()], verdict: 'no-data' }).results;
    expect(tests.at(-1)).toMatchObject({ name: 'run/verdict', status: 'other' });
  });
});
