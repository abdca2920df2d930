import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ComponentDefinition } from '../components/component.ts';
import type { ProgressState } from '../reporters/progress.ts';
import type { Scope } from '../schema/scope.ts';
import { conduct } from './conduct.ts';
import { Stopping } from './stopping.ts';

/** Can only be had by a command that asks first, and is not there after it. */
const scarce: ComponentDefinition = {
  name: 'scarce',
  providers: [
    {
      name: 'apt',
      probe: async () => ({ status: 'obtainable', command: 'get scarce', asks: true, obtain: async () => {} }),
      start: () => Promise.reject(new Error('it is never there')),
    },
  ],
};

test('provisioning is shown as it happens, and gives way to the question it asks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'conduct-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'logs'));
  const shown: (ProgressState | string)[] = [];
  const profile = { budget_ms: 1000 };
  await conduct({
    config: {
      root: folder,
      product: 'P',
      releases: { known: ['v1'], default: { baseline: 'v1', candidate: 'v1' } },
      suites: [],
      components: { scarce },
      profiles: { smoke: profile, standard: profile, nightly: profile },
      envPrefix: 'P',
    },
    scope: { profile: 'smoke', checks: [{ components: ['scarce'] }], provenance: { arms: {} } } as unknown as Scope,
    selection: { checks: [], promises: [], planned: [], expected: [], deferred: [], tickets: [], narrowedBy: [] },
    folder,
    forced: new Map(),
    provision: true,
    bail: false,
    stopping: new Stopping(),
    progress: {
      line: () => {},
      step: () => {},
      update: (state) => shown.push(state),
      aside: (work) => {
        shown.push('aside');
        return work();
      },
      stop: () => {},
    },
    expected_ms: undefined,
  });
  expect(shown.slice(0, 2)).toEqual([{ suite: 'components', check: ['scarce'], done: 0, total: 0 }, 'aside']);
  expect(readFileSync(join(folder, 'observations.ndjson'), 'utf8')).toContain('"missing"');
});
