import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { diagnoseComponent } from '../diagnose.ts';
import { startComponent } from '../start-component.ts';
import { environmentWith, freshFolder, testContext } from '../test-context.ts';
import { centrifugo } from './centrifugo.ts';

const context = await testContext();
mkdirSync(context.logFolder, { recursive: true });
afterAll(() => context.close());

test('one on PATH serves, unless it is none or of another major version', async () => {
  const diagnose = (text: string) =>
    diagnoseComponent(centrifugo, {
      ...context,
      env: environmentWith(context.folder, { centrifugo: text }),
      cacheFolder: freshFolder(context.folder, 'cache'),
    });
  expect(await diagnose('echo "Centrifugo v6.9.0 (Go version: go1.25.1)"')).toMatchObject({
    servedBy: 'path',
    version: '6.9.0',
  });
  const { servedBy, text } = await diagnose('echo "Centrifugo v5.4.9 (Go version: go1.23.4)"');
  expect(servedBy).toBeUndefined();
  expect(text).toMatch(/path +unavailable: .* is 5\.4\.9, and a 6\.x is needed/);
  expect((await diagnose('echo "hello"')).text).toContain('is no Centrifugo: hello');
});

test('with nothing but a Go it is built into the cache, and known by the version that was asked for', async () => {
  const cacheFolder = freshFolder(context.folder, 'go cache');
  // Stands in for the minutes that the real build takes; what Go builds says 0.0.0.
  const script = `if [ "$1" = version ]; then echo go version; exit; fi
printf '#!/bin/sh\\necho "Centrifugo v0.0.0 (Go version: go1.26.8)"\\n' > "$GOBIN/centrifugo"; command -p chmod +x "$GOBIN/centrifugo"`;
  const env = environmentWith(context.folder, { go: script });
  const said: string[] = [];
  const component = await startComponent(centrifugo, { ...context, env, cacheFolder, say: (line) => said.push(line) });
  const folder = join(cacheFolder, `centrifugo-6.9.1-go-${process.platform}-${process.arch}`);
  expect(said).toContain(`centrifugo: env 'GOBIN=${folder}' go install github.com/centrifugal/centrifugo/v6@v6.9.1`);
  expect(component).toMatchObject({ status: 'started', provider: 'go', version: '6.9.1' });
});
