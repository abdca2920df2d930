/** `prove --aa` as a pipeline meets it: real runs of the small product and of one whose check fails now and then. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Aa, type AaRun, aaSchema } from '../schema/aa.ts';
import { Place, SMALL } from './command.fixture.ts';
import { exitCodeOfAa } from './prove-aa.ts';

const saved = (place: Place): Aa => aaSchema.parse(JSON.parse(readFileSync(join(place.output, 'aa.json'), 'utf8')));

test('a release against itself passes run after run, each of its own seed, beside a process that burns', {
  timeout: 120_000,
}, async () => {
  const place = new Place();
  const { code, stdout } = await place.run(['prove', '--aa', '--runs', '2', '--seed', '7', '--config', SMALL]);
  const { runs, burner, release } = saved(place);
  expect(runs).toMatchObject([
    { seed: 7, complete: true, verdict: 'pass', others: {} },
    { seed: 8, complete: true, verdict: 'pass', others: {} },
  ]);
  expect(release).toBe('v2');
  expect(runs[0]?.rerun).toContain('--baseline v2');
  expect(burner?.cpu_ms).toBeGreaterThan(0);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining('2 of 2 runs of v2 against itself complete'),
  });
  expect(place.leftovers()).toEqual([]);
});

test('a gate that says fail is told with its run and fails the proof', async () => {
  const place = new Place();
  const config = place.product('fact("ok", false);', '', ['baseline', 'candidate']);
  const { code, stdout } = await place.run(['prove', '--aa', '--runs', '1', '--config', config]);
  expect(saved(place).runs).toMatchObject([{ complete: true, verdict: 'fail', others: { 'p/check/facts': 'fail' } }]);
  expect(stdout).toContain('fail p/check/facts');
  expect(code).toBe(1);
});

test('Ctrl-C keeps the runs that were made, and leaves nothing behind', { timeout: 120_000 }, async () => {
  const place = new Place();
  const { child, ended, until } = place.start(['prove', '--aa', '--runs', '50', '--config', SMALL]);
  await until('1/50 pass');
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect(saved(place)).toMatchObject({ asked: 50, runs: [{ verdict: 'pass' }] });
  expect(place.leftovers()).toEqual([]);
});

const run: AaRun = { seed: 1, complete: true, verdict: 'pass', gates: 2, others: {}, duration_ms: 1, rerun: 'again' };
const aa: Aa = {
  schemaVersion: 1,
  commit: null,
  dirty: false,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  release: 'v2',
  profile: 'smoke',
  asked: 2,
  burner: { cpu_ms: 1, elapsed_ms: 2 },
  runs: [run, { ...run, verdict: 'inconclusive', others: { 'a/b': 'inconclusive' } }],
};

test.for<[string, Partial<Aa>, number]>([
  ['all runs are complete and none fails, even if one is inconclusive', {}, 0],
  ['a gate fails, even if a run is missing', { runs: [{ ...run, others: { 'a/b': 'fail' } }] }, 1],
  ['a run is missing', { runs: [run] }, 2],
  ['a run is not complete', { runs: [run, { ...run, complete: false }] }, 2],
  ['nothing burned to the end', { burner: null }, 2],
])('when %s', ([, changes, code]) => {
  expect(exitCodeOfAa({ ...aa, ...changes })).toBe(code);
});
