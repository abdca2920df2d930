/** What the tests of components share: a reaper, a temporary folder, the cache of this checkout, a PATH of the test's own. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Reaper } from '../processes/reaper.ts';
import type { ComponentContext } from './component.ts';
import { findOnPath } from './find-on-path.ts';

export interface TestContext extends ComponentContext {
  /** Every line that was said. */
  readonly said: string[];
  readonly close: () => Promise<void>;
}

/** A context that obtains, and confirms, everything. */
export async function testContext(): Promise<TestContext> {
  const reaper = await Reaper.found();
  const folder = mkdtempSync(join(tmpdir(), 'harness-test-'));
  await reaper.ownFolder(folder);
  const said: string[] = [];
  return {
    env: process.env,
    envPrefix: 'TEST',
    cacheFolder: join(import.meta.dirname, '../../.cache'),
    reaper,
    folder,
    logFolder: join(folder, 'logs'),
    say: (line) => said.push(line),
    confirm: async () => true,
    provision: true,
    said,
    close: () => reaper.close(),
  };
}

/**
 * An environment whose PATH holds nothing but these programs: shell scripts, or links to a file where the text is
 * an absolute path. `env` is always there, a Docker engine never.
 */
export function environmentWith(folder: string, programs: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const bin = mkdtempSync(join(folder, 'bin-'));
  const all = { env: findOnPath(['env'], process.env) ?? '/usr/bin/env', ...programs };
  for (const [name, text] of Object.entries(all)) {
    if (text.startsWith('/')) {
      symlinkSync(text, join(bin, name));
    } else {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    }
  }
  return { PATH: bin, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
}

/** An empty folder for this purpose. */
export function freshFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
