/** The whole way of `--open`: a desktop's opener is given the address of a page that is there, and that ends with the run. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { waitUntil } from '../processes/wait.ts';
import { Place, SMALL } from './command.fixture.ts';

const OPEN = ['regression', '--config', SMALL, '--profile', 'smoke', '--seed', '7', '--open'];

test('the browser is given a page of the run, which turns into the report and is gone with the run', async () => {
  const place = new Place();
  const folder = join(place.output, '..', 'bin');
  const opened = join(folder, 'opened');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'xdg-open'),
    `#!/bin/sh\nprintf %s "$1" > '${opened}.new' && mv '${opened}.new' '${opened}'\n`,
  );
  chmodSync(join(folder, 'xdg-open'), 0o755);
  const PATH = [folder, process.env.PATH].join(delimiter);
  const { ended } = place.start(OPEN, { DISPLAY: ':99', PATH });
  await waitUntil('the address to be opened', async () => existsSync(opened), { timeout_ms: 20_000 });
  const url = readFileSync(opened, 'utf8');
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const heard = await untilReport(await fetch(new URL('events', url)));
  expect(heard).toContain('"done":2,"total":2');
  const report = await (await fetch(new URL('report.html', url))).text();
  const { code, stderr } = await ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(report).toBe(place.read('report.html'));
  await expect(fetch(url)).rejects.toThrow();
  expect(place.leftovers()).toEqual([]);
});

test('without a desktop the address is told, and the run ends without anybody having looked', async () => {
  const place = new Place();
  const { code, stderr } = await place.run(OPEN, { DISPLAY: '', WAYLAND_DISPLAY: '' });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toMatch(/live view: http:\/\/127\.0\.0\.1:\d+\/ \(open it in a browser; ends with the run\)/);
});

async function untilReport({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let heard = '';
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    heard += decoder.decode(chunk, { stream: true });
    if (heard.includes('event: report')) return heard;
  }
  throw new Error(`expected to be sent to the report; heard ${heard}`);
}
