import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { givenRun } from '../judge/saved-run.fixture.ts';
import { createRunFolder } from '../run-folder/create.ts';
import { FILES } from '../run-folder/files.ts';
import { judgeFolder } from './finish.ts';

test('the logs are attached; what stands in their place is not, and keeps no run from being judged', async () => {
  const output = mkdtempSync(join(tmpdir(), 'finish-'));
  onTestFinished(() => rmSync(output, { recursive: true }));
  const { scope, promises } = givenRun();
  const folder = createRunFolder(output, scope, promises);
  const logs = join(folder, FILES.logs);
  writeFileSync(join(logs, 'a.log'), '');
  const attachments = async () => (await judgeFolder(folder)).attachments;
  expect(await attachments()).toEqual([{ name: 'a.log', path: 'logs/a.log', mime: 'text/plain' }]);
  rmSync(logs, { recursive: true });
  expect(await attachments()).toEqual([]);
  writeFileSync(logs, '');
  expect(await attachments()).toEqual([]);
});
