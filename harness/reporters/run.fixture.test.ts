import { describe, expect, it } from 'vitest';
import { runSchema } from '../schema/run.ts';
import * as runs from './run.fixture.ts';

describe('the fixture runs', () => {
  it.each([
    ['empty', runs.emptyRun()],
    ['passing', runs.passingRun()],
    ['failing', runs.failingRun()],
    ['killed', runs.killedRun()],
    ['whole', runs.wholeRun()],
    ['doubtful', runs.doubtfulRun()],
    ['hostile', runs.hostileRun()],
    ['big', runs.bigRun()],
  ])('%s is a run by the schema', (_, run) => {
    expect(runSchema.safeParse(run).error).toBeUndefined();
  });
});
