/** What needs no Chromium: programs of the test's own stand for it. That a real one starts, checks show. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { diagnoseComponent } from '../diagnose.ts';
import { startComponent } from '../start-component.ts';
import { environmentWith, freshFolder, type TestContext, testContext } from '../test-context.ts';
import { startBrowser } from './browser.ts';
import { chromium } from './chromium.ts';

const SAYS = 'echo "Chromium 156.0.8078.79 built on Debian GNU/Linux 12"';
let context: TestContext;

beforeAll(async () => {
  context = await testContext();
});

afterAll(() => context.close());

function programOf(env: NodeJS.ProcessEnv, name = 'chromium'): string {
  return join(env.PATH as string, name);
}

test.each(['chromium', 'chromium-browser', 'google-chrome'])(
  '%s on PATH serves, by the address of the program',
  async (name) => {
    const env = environmentWith(context.folder, { [name]: SAYS });
    expect(await startComponent(chromium, { ...context, env })).toMatchObject({
      status: 'started',
      provider: 'path',
      version: 'Chromium 156.0.8078.79',
      url: pathToFileURL(programOf(env, name)).href,
    });
  },
);

test.each([
  ['Chromium 112.0.5615.49', 'ready'],
  ['Chromium 111.0.5563.64', 'unavailable'],
  ['Google Chrome 156.0.8078.79 ', 'ready'],
  ['Mozilla Firefox 140.0', 'unavailable'],
])('a program that says "%s" is %s', async (text, status) => {
  const env = environmentWith(context.folder, { chromium: `echo "${text}"` });
  const diagnosis = await diagnoseComponent(chromium, { ...context, env, forced: 'path' });
  expect(diagnosis.providers[0]?.status).toBe(status);
});

test.each([
  ['path', (program: string) => program],
  ['file: URL', (program: string) => pathToFileURL(program).href],
])('the variable names a program by its %s', async (_how, address) => {
  const env = environmentWith(context.folder, { 'my-chromium': SAYS });
  const program = programOf(env, 'my-chromium');
  const given = { ...env, TEST_CHROMIUM_URL: address(program) };
  expect(await startComponent(chromium, { ...context, env: given })).toMatchObject({
    provider: 'url',
    url: pathToFileURL(program).href,
  });
});

test.each(['/nowhere/chromium', 'relative/chromium', 'http://127.0.0.1:9222', 'file://elsewhere/x'])(
  '%s in the variable is refused aloud, and the next provider serves',
  async (address) => {
    const env = { ...environmentWith(context.folder, { chromium: SAYS }), TEST_CHROMIUM_URL: address };
    context.said.length = 0;
    expect(await startComponent(chromium, { ...context, env })).toMatchObject({ provider: 'path' });
    expect(context.said.join()).toContain('chromium: url cannot serve: TEST_CHROMIUM_URL: ');
  },
);

test('where there is none, it is told how to get it', async () => {
  const env = environmentWith(context.folder, {});
  const outcome = await startComponent(chromium, { ...context, env, provision: false });
  expect(outcome).toMatchObject({ status: 'missing', reason: expect.stringContaining('no chromium or ') });
});

test('a browser that does not come up leaves no process, and no profile', async () => {
  const logFolder = freshFolder(context.folder, 'browser-logs');
  const profiles = freshFolder(context.folder, 'profiles');
  const env = environmentWith(context.folder, { chromium: `echo "no display" >&2; exit 3` });
  const url = programOf(env);
  const starting = startBrowser({ url, name: 'chromium-1', reaper: context.reaper, logFolder, profiles });
  await expect(starting).rejects.toMatchObject({
    code: 'PROCESS_EXITED',
    message: expect.stringContaining('no display'),
  });
  expect(readdirSync(profiles)).toEqual([]);
  expect(existsSync(join(logFolder, 'chromium-1.log'))).toBe(true);
});
