import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ProcessOutput } from './process-output.ts';

test('a log file takes what fits, says once that the rest was dropped, and the process is still heard', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'output-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const logFile = join(folder, 'a.log');
  const say = async (...lines: string[]) => {
    const output = new ProcessOutput({ logFile, logMax_bytes: 12 });
    const stream = new PassThrough();
    output.read(stream);
    stream.end(lines.map((line) => `${line}\n`).join(''));
    await finished(stream);
    await output.close();
    return output.tail(9);
  };
  const full = '[the log is full: the rest was dropped]\n';
  expect(await say('one..')).toEqual(['one..']);
  // The limit is the file's, not one opening's: six bytes are left.
  expect(await say('two..', 'three', 'four')).toEqual(['two..', 'three', 'four']);
  expect(readFileSync(logFile, 'utf8')).toBe(`one..\ntwo..\n${full}`);
});
