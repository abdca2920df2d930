import { expect, it } from 'vitest';
import { VERDICTS } from '../schema/verdict.ts';
import { renderBadge } from './badge.ts';
import * as runs from './run.fixture.ts';

it.each(VERDICTS)('a run that is %s has its colour: only a pass is green, only a fail red', (verdict) => {
  const { color } = JSON.parse(renderBadge({ ...runs.passingRun(), verdict })) as { color: string };
  expect(color).toBe(verdict === 'pass' ? 'brightgreen' : verdict === 'fail' ? 'red' : 'lightgrey');
});

it('says what limits the verdict', () => {
  const run = runs.passingRun();
  const message = (scope: Partial<typeof run.scope>) =>
    (
      JSON.parse(renderBadge({ ...run, scope: { ...run.scope, narrowedBy: [], profile: 'standard', ...scope } })) as {
        message: string;
      }
    ).message;
  const { candidate } = run.provenance.arms;
  expect(message({})).toBe(`${candidate} pass`);
  expect(message({ profile: 'smoke', narrowedBy: ['--check a'] })).toBe(`${candidate} pass (smoke, narrowed)`);
});
