import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { durationOfLastRun } from './last-run.ts';

const COMMAND = 'npm run regression -- --profile smoke --seed 7';
let output: string;

beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'reports-'));
  onTestFinished(() => rmSync(output, { recursive: true }));
});

/** A run whose provisioning took a minute and whose checks took 20 s, side by side. */
function givenLastRun({ command = COMMAND, complete = true, observations = whole() } = {}): void {
  mkdirSync(join(output, 'latest'));
  writeFileSync(join(output, 'latest/run.json'), JSON.stringify({ command, scope: { complete } }));
  writeFileSync(join(output, 'latest/observations.ndjson'), observations);
}

function whole(): string {
  const line = (type: string, at: string, more = {}) => JSON.stringify({ type, at: `2026-01-01T00:${at}Z`, ...more });
  return [
    line('component', '00:59.000'),
    line('check-started', '01:00.000'),
    line('check-started', '01:02.000'),
    line('check-ended', '01:20.000'),
    line('check-ended', '01:05.000'),
    line('run-ended', '01:50.000'),
  ].join('\n');
}

test('it took from the first start of a check to the last end of one', async () => {
  givenLastRun();
  expect(await durationOfLastRun(output, COMMAND.replace('--seed 7', '--seed 8'))).toBe(20_000);
});

test.for([
  ['--repeat 5', `${COMMAND} --repeat 5`],
  ['another profile', COMMAND.replace('smoke', 'standard')],
  ['a filter', `${COMMAND} --check a/b`],
])('a run with %s is not like it', async ([, command]) => {
  givenLastRun({ command });
  expect(await durationOfLastRun(output, COMMAND)).toBeUndefined();
});

test('a run that is not complete, damaged or not there says nothing', async () => {
  expect(await durationOfLastRun(output, COMMAND)).toBeUndefined();
  givenLastRun({ complete: false });
  expect(await durationOfLastRun(output, COMMAND)).toBeUndefined();
});

test.for([
  ['cut within a line', whole().slice(0, 200)],
  ['without an end', ''],
])('observations %s say nothing', async ([, observations = '']) => {
  givenLastRun({ observations });
  expect(await durationOfLastRun(output, COMMAND)).toBeUndefined();
});
