/** `--bail` as a pipeline meets it: the run ends when a fail is certain, not when the check that found it does. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from '../schema/run.ts';
import { Place } from './command.fixture.ts';

test('a run ends in the middle of a check, once what it has recorded makes a fail certain', async () => {
  const place = new Place();
  // Longer than the check may take: only a bail can end it before the harness does.
  const config = place.product('fact("ok", false); await wait(3_600_000);');
  const { code } = await place.run(['regression', '--config', config, '--bail']);
  expect(code).toBe(1);
  const run = JSON.parse(place.read('run.json')) as Run;
  expect(run).toMatchObject({ ended: 'bailed', verdict: 'fail' });
  expect(run.gates.find(({ id }) => id === 'p/check/facts')).toMatchObject({ verdict: 'fail' });
  expect(place.read('observations.ndjson')).not.toContain('"p/after"');
  expect(place.leftovers()).toEqual([]);
});

test('a run in which nothing is certain yet is not ended', async () => {
  const place = new Place();
  const config = place.product('await wait(1_000);');
  const { code } = await place.run(['regression', '--config', config, '--bail']);
  expect(code).toBe(0);
  expect(JSON.parse(place.read('run.json'))).toMatchObject({ ended: 'finished', verdict: 'pass' });
});

test('a run is not ended by a gate that is waived', async () => {
  const place = new Place();
  const config = place.product('fact("ok", false); await wait(1_000);');
  mkdirSync(join(dirname(config), 'suites'));
  writeFileSync(
    join(dirname(config), 'suites/waivers.yaml'),
    '- { gate: p/check/facts, owner: Ada, reason: being mended, expires: 9999-12-31 }\n',
  );
  const { code } = await place.run(['regression', '--config', config, '--bail']);
  expect(code).toBe(0);
  expect(JSON.parse(place.read('run.json'))).toMatchObject({ ended: 'finished', verdict: 'pass' });
});
