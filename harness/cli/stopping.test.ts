/** Stopping a run wherever it is: while its components are being had, and through npm. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { waitUntil } from '../processes/wait.ts';
import { runSchema } from '../schema/run.ts';
import { Place, SMALL, withoutVitest } from './command.fixture.ts';

/** A product whose one check needs `component`, of which the composition root knows what `components` says, and boots so. */
function needing(
  place: Place,
  component: string,
  components: string,
  boot = "() => { throw new Error('not reached') }",
): string {
  const folder = mkdtempSync(join(place.temporary, '../p-'));
  const stack = `{ id: 'p', components: [${JSON.stringify(component)}], boot: ${boot} }`;
  writeFileSync(
    join(folder, 'a.check.ts'),
    `import { check } from ${JSON.stringify(join(import.meta.dirname, '../checks/check.ts'))};
    check('p/check', { lane: 'functional', facts: ['ok'], stack: ${stack}, arms: ['candidate'] }, async ({ fact }) => fact('ok', true));`,
  );
  writeFileSync(join(folder, 'promises.ts'), 'export default {};');
  const profile = '{ budget_ms: 20_000 }';
  writeFileSync(
    join(folder, 'regression.config.ts'),
    `export default {
      product: 'P', envPrefix: 'P', suites: [{ id: 'p', title: 'P', folder: '.' }],
      releases: { known: ['v1', 'v2'], default: { baseline: 'v1', candidate: 'v2' } },
      profiles: { smoke: ${profile}, standard: ${profile}, nightly: ${profile} },
      components: ${components},
    };`,
  );
  return join(folder, 'regression.config.ts');
}

const NEVER_THERE = `{ slow: { name: 'slow', providers: [{
  name: 'never',
  probe: async () => ({ status: 'ready', version: '1', detail: 'a server that never comes up' }),
  start: ({ signal, say }) => new Promise((_, reject) => {
    const server = setInterval(() => {}, 1_000);
    say('coming up');
    signal.addEventListener('abort', () => {
      clearInterval(server);
      reject(signal.reason);
    });
  }),
}] } }`;

test.for([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while a component is being started ends with %i and a partial report', async ([signal, exitCode]) => {
  const place = new Place();
  const config = needing(place, 'slow', NEVER_THERE);
  const { child, ended, until } = place.start(['regression', '--config', config, '--profile', 'smoke']);
  await until('coming up');
  child.kill(signal);
  const { code, stderr } = await ended;
  expect({ code, stderr }).toMatchObject({ code: exitCode });
  expect(stderr).not.toContain('crash');
  expect(runSchema.parse(JSON.parse(place.read('run.json')))).toMatchObject({
    ended: 'interrupted',
    verdict: 'no-data',
  });
  expect(place.read('report.html')).toContain('p/check');
  expect(place.leftovers()).toEqual([]);
});

test('a run that broke is not told as one that ended: the gate does not know it', async () => {
  const place = new Place();
  const { code } = await place.run(['regression', '--config', needing(place, 'x', '{}'), '--profile', 'smoke']);
  expect(code).toBe(254);
  const gate = await place.run(['gate', '--profile', 'smoke']);
  expect(gate.code).toBe(2);
  expect(gate.stderr).toContain('no line says that it ended');
});

test('a stack that cannot be taken down is told, and the run is not known', async () => {
  const place = new Place();
  const ready = `{ x: { name: 'x', providers: [{
    name: 'none',
    probe: async () => ({ status: 'ready', version: '1', detail: 'nothing' }),
    start: async () => ({ version: '1', url: 'none:', stop: async () => {} }),
  }] } }`;
  const boot = `async () => ({
    services: {}, reset: async () => {}, stop: async () => { throw new Error('the database stays') },
  })`;
  const config = needing(place, 'x', ready, boot);
  const { code } = await place.run(['regression', '--config', config, '--profile', 'smoke']);
  expect(code).toBe(2);
  const { scope, gates } = runSchema.parse(JSON.parse(place.read('run.json')));
  expect(gates.map(({ verdict }) => verdict)).toEqual(['pass']);
  expect(scope.missing).toEqual([expect.stringContaining('the database stays')]);
});

test('a signal to npm alone ends the run in order', async () => {
  const place = new Place();
  const root = join(dirname(SMALL), '../../..');
  const args = ['--config', SMALL, '--profile', 'standard', '--check', 'small/patience', '--output', place.output];
  const npm = spawn('npm', ['run', 'regression', '--', ...args], {
    cwd: root,
    // npm keeps a cache of its own in the temporary folder.
    env: { ...withoutVitest(process.env), ...place.environment, NODE_DISABLE_COMPILE_CACHE: '1' },
    stdio: 'ignore',
  });
  const observations = join(place.output, 'latest/observations.ndjson');
  await waitUntil('the run has begun', () => existsSync(observations), { timeout_ms: 20_000, interval_ms: 20 });
  npm.kill('SIGTERM');
  await once(npm, 'close');
  await waitUntil('the report is written and nothing runs any more', () => place.leftovers().length === 0, {
    timeout_ms: 20_000,
    interval_ms: 50,
  });
  expect(runSchema.parse(JSON.parse(place.read('run.json')))).toMatchObject({ ended: 'interrupted' });
});
