import { expect, test } from 'vitest';
import type { Aa, AaRun } from '../schema/aa.ts';
import { renderAa } from './aa.ts';

const run: AaRun = {
  seed: 4,
  complete: true,
  verdict: 'pass',
  gates: 2,
  others: {},
  duration_ms: 61_000,
  rerun: 'repeat-4',
};
const aa: Aa = {
  schemaVersion: 1,
  commit: null,
  dirty: false,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:03:00.000Z',
  release: 'v2',
  profile: 'smoke',
  asked: 3,
  burner: { cpu_ms: 45_000, elapsed_ms: 60_000 },
  runs: [run],
};
const render = (changes: Partial<Aa> = {}) =>
  renderAa({ ...aa, ...changes }, { color: false, path: 'reports/aa.json' });

test('a run that passes is a line, without a command to repeat it', () => {
  expect(render()).toContain('✓ pass  run 1 of seed 4, 2 gates, 1 min 1 s\n');
  expect(render()).not.toContain('repeat-4');
});

test('each gate that says anything but pass is named; a fail has the command that repeats it', () => {
  const noisy: AaRun = { ...run, verdict: 'fail', others: { 'a/slow': 'fail', 'a/b': 'inconclusive' } };
  const text = render({ runs: [run, noisy] });
  expect(text).toContain(
    '✗ fail  run 2 of seed 4, 2 gates, 1 min 1 s\n    fail a/slow\n    inconclusive a/b\n    rerun  repeat-4\n',
  );
  expect(text).toContain('2 of 3 runs of v2 against itself complete, 1 of 4 gates said fail');
});

test('a run that is not complete says so, and does not count', () => {
  const text = render({ runs: [{ ...run, complete: false, verdict: null, gates: 0 }] });
  expect(text).toContain('no verdict  run 1 of seed 4, 0 gates, not complete');
  expect(text).toContain('0 of 3 runs of v2 against itself complete');
});

test('how much of a core was burned is told, and that it was not when it was not', () => {
  expect(render()).toContain('got 75 % of a core');
  expect(render({ burner: null })).toContain('did not burn a core to the end');
});
