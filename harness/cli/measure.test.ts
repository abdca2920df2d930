import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitUntil } from '../processes/wait.ts';
import type { Entry } from '../schema/entry.ts';
import type { Run } from '../schema/run.ts';
import { Place } from './command.fixture.ts';

const MEASURED = join(import.meta.dirname, 'small-product/measured.config.ts');
const REGRESSION = ['regression', '--config', MEASURED, '--profile', 'smoke'];
const ALIKE = [...REGRESSION, '--check', 'measured/alike'];
const UNSTEADY = [...REGRESSION, '--check', 'measured/unsteady'];
/** So many differences on one side are the fewest that decide. */
const PAIRS_TO_DECIDE = 7;

/** The executions that were made, in their order: `baseline 0`. */
function made(place: Place): string[] {
  const path = join(place.output, 'latest', 'observations.ndjson');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  const entries = lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Entry);
  return entries.flatMap((entry) => (entry.type === 'check-ended' ? [`${entry.arm} ${entry.replicate}`] : []));
}

function saved(place: Place): Run {
  return JSON.parse(place.read('run.json')) as Run;
}

test('a measured check ends as soon as it has decided, and the run is whole without the rest', async () => {
  const place = new Place();
  const { code, stderr } = await place.run([...ALIKE, '--seed', '1']);
  expect({ code, complete: saved(place).scope.complete }).toEqual({ code: 0, complete: true });
  const executions = made(place);
  expect(executions).toHaveLength(2 * PAIRS_TO_DECIDE);

  // Pair by pair, and the seed says who goes first.
  for (const pair of Array.from({ length: PAIRS_TO_DECIDE }, (_, index) =>
    executions.slice(2 * index, 2 * index + 2),
  )) {
    const replicate = pair[0]?.split(' ')[1];
    expect(pair.toSorted()).toEqual([`baseline ${replicate}`, `candidate ${replicate}`]);
  }
  const firsts = executions.filter((_, index) => index % 2 === 0).map((execution) => execution.split(' ')[0]);
  expect(new Set(firsts)).toEqual(new Set(['baseline', 'candidate']));

  // Every replicate had a service of its own.
  const logs = readdirSync(join(place.output, 'latest', 'logs')).filter((name) => name.startsWith('small-'));
  expect(logs).toHaveLength(2 * PAIRS_TO_DECIDE);
  expect(stderr).toContain(`measured/alike ends after ${PAIRS_TO_DECIDE} of at most 20 pairs`);

  const again = new Place();
  await again.run([...ALIKE, '--seed', '1']);
  expect(made(again)).toEqual(executions);
}, 120_000);

test('one that cannot decide ends at its budget, and is not known', async () => {
  const place = new Place();
  const { code, stderr } = await place.run(UNSTEADY);
  const { gates, scope } = saved(place);
  expect(made(place)).toHaveLength(6);
  expect(code).toBe(2);
  expect(scope.complete).toBe(true);
  expect(gates.find(({ id }) => id === 'measured/as-steady')?.verdict).toBe('inconclusive');
  expect(stderr).toContain('6/6 measured/unsteady');
});

test('--repeat gives it so many times the budget', async () => {
  const place = new Place();
  await place.run([...UNSTEADY, '--repeat', '2']);
  expect(made(place)).toHaveLength(12);
});

test('what ended early is taken off the count, so that the next check ends it', async () => {
  const { stderr } = await new Place().run(REGRESSION);
  const total = 2 * PAIRS_TO_DECIDE + 6;
  expect(stderr).toContain(`${total}/${total} measured/unsteady`);
});

test('a replicate that fails ends it with an error: its pair cannot be compared', async () => {
  const place = new Place();
  const { code } = await place.run(ALIKE, { SMALL_FAILS: '1' });
  const run = saved(place);
  expect(code).toBe(2);
  expect(made(place)).toHaveLength(3);
  expect(run.verdict).toBe('error');
  expect(run.checks[0]?.error).toContain('asked to fail');
  expect(place.leftovers()).toEqual([]);
});

test('a pair that the generator spoilt is made again as a whole, in its order, and the check decides as ever', async () => {
  const place = new Place();
  const late = { SMALL_LATE: 'baseline 2', SMALL_LATE_TIMES: '2' };
  const { code, stdout, stderr } = await place.run([...ALIKE, '--seed', '1'], late);
  expect(code, stderr).toBe(0);
  const run = saved(place);
  expect(run.checks[0]?.voided).toMatchObject([
    { arm: 'baseline', replicate: 2, attempt: 0, says: expect.stringContaining('the load generator was late') },
    { arm: 'baseline', replicate: 2, attempt: 1 },
  ]);
  expect(run.gates.find(({ id }) => id === 'measured/as-quick')?.candidate).toMatchObject({
    samples: PAIRS_TO_DECIDE,
  });
  expect(stdout.replace(/\s+/g, ' ')).toContain('2 pairs made again, voided by a replicate: 2 on the baseline');
  expect(stderr).toContain('its pair was made again 2 times, because the load generator was late');
  const executions = made(place);
  // By this seed the candidate goes first in this pair.
  expect(executions.filter((execution) => execution.endsWith(' 2'))).toEqual(
    Array.from({ length: 3 }, () => ['candidate 2', 'baseline 2']).flat(),
  );
  const undisturbed = new Place();
  await undisturbed.run([...ALIKE, '--seed', '1']);
  expect([...new Set(executions)]).toEqual(made(undisturbed));
  expect(place.leftovers()).toEqual([]);
}, 60_000);

test('one whose generator stays late is an error once as many pairs were made again as may be', async () => {
  const place = new Place();
  const { code } = await place.run(ALIKE, { SMALL_LATE: 'baseline 1', SMALL_LATE_TIMES: '6' });
  expect(code).toBe(2);
  const run = saved(place);
  expect(run.verdict).toBe('error');
  expect(run.checks[0]?.voided).toHaveLength(5);
  expect(run.checks[0]?.error).toContain('the load generator was late');
});

test('killed between its pairs it is not known', async () => {
  const place = new Place();
  const { child, ended } = place.start(ALIKE);
  await waitUntil('two pairs to be made', () => made(place).length >= 4, { timeout_ms: 25_000, interval_ms: 5 });
  child.kill('SIGKILL');
  await ended;
  await waitUntil('nothing to be left', () => place.leftovers().length === 0, { timeout_ms: 15_000 });
  const gate = await place.run(['gate', '--profile', 'smoke']);
  expect(gate.code).toBe(2);
  expect(gate.stderr).toContain('not known:');
});
