import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StackLogs } from './stack-logs.ts';

function logFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stack-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('each part begins where the one before ended, and a log that did not grow has none', () => {
  const folder = logFolder();
  const logs = new StackLogs(folder, 'api-1');
  writeFileSync(join(folder, 'api-1-engine.log'), 'booted\n');
  expect(logs.grown()).toEqual([{ file: 'api-1-engine.log', from_bytes: 0, to_bytes: 7 }]);
  appendFileSync(join(folder, 'api-1-engine.log'), 'ö\n');
  writeFileSync(join(folder, 'api-1.log'), 'a\n');
  expect(logs.grown()).toEqual([
    { file: 'api-1-engine.log', from_bytes: 7, to_bytes: 10 },
    { file: 'api-1.log', from_bytes: 0, to_bytes: 2 },
  ]);
  expect(logs.grown()).toEqual([]);
});

test('what is of another stack, or no log, is not told, nor is a folder that is not there', () => {
  const folder = logFolder();
  for (const name of ['api-10.log', 'api-10-engine.log', 'api-1-shot.png', 'checks.log'])
    writeFileSync(join(folder, name), 'a\n');
  expect(new StackLogs(folder, 'api-1').grown()).toEqual([]);
  expect(new StackLogs(join(folder, 'none'), 'api-1').grown()).toEqual([]);
});
