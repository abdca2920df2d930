import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identify, type ProcessIdentity, processIsAlive } from '../processes/process-group.ts';
import { waitUntil } from '../processes/wait.ts';

const url = (path: string) => new URL(path, import.meta.url).href;

function childrenOf(pid: number): ProcessIdentity[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .flatMap((child) => identify(Number(child)) ?? []);
}

test('kill -9 of the founder leaves no server, none of its children, no folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'left-behind-'));
  const program = `
    import { Reaper } from '${url('../processes/reaper.ts')}';
    import { postgres } from '${url('./postgres/postgres.ts')}';
    import { redis } from '${url('./redis/redis.ts')}';
    import { startComponent } from '${url('./start-component.ts')}';
    setInterval(() => {}, 1e6);
    const reaper = await Reaper.found();
    const folder = ${JSON.stringify(folder)};
    const context = {
      env: process.env, envPrefix: 'TEST', cacheFolder: ${JSON.stringify(join(import.meta.dirname, '../../.cache'))},
      reaper, folder, logFolder: folder + '/logs', say() {}, confirm: async () => false, provision: true,
    };
    const started = await Promise.all([postgres, redis].map((one) => startComponent(one, context)));
    process.stdout.write(JSON.stringify({ reaper: reaper.pid, socketPath: reaper.socketPath, servers: started.map((one) => one.pid) }));`;
  const founder = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void founder.kill('SIGKILL'));
  const [line] = await once(founder.stdout.setEncoding('utf8'), 'data');
  const told = JSON.parse(line) as { reaper: number; socketPath: string; servers: [number, number] };
  const processes = [told.reaper, ...told.servers].flatMap((pid) => identify(pid) ?? []);
  const children = childrenOf(told.servers[0]);
  expect(processes).toHaveLength(3);
  expect(children.length).toBeGreaterThan(3);

  founder.kill('SIGKILL');
  const everybody = [...processes, ...children];
  await waitUntil('everybody to be gone', () => !everybody.some(processIsAlive), { timeout_ms: 15_000 });
  expect(existsSync(told.socketPath)).toBe(false);
  expect(readdirSync(folder)).toEqual(['logs']);
  await rm(folder, { recursive: true, force: true });
});

/** How often the harness is killed: `npm run test:kills` makes it 20. */
const KILLS = Number(process.env.KILLS ?? 3);

/** Everything that carries this text in its environment, which all descendants inherit, the reaper among them. */
function carriersOf(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
    } catch {
      return false; // It ended meanwhile.
    }
  });
}

function worksIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

test(
  'kill -9 while PostgreSQL is provisioned leaves no process and no folder, whatever moment it is',
  async () => {
    for (let round = 0; round < KILLS; round += 1) {
      // Readable for the server's account, so that its home lies here.
      const temporary = mkdtempSync(join(tmpdir(), 'k-'));
      chmodSync(temporary, 0o755);
      onTestFinished(() => rm(temporary, { recursive: true, force: true }));
      const program = `
      import { Reaper } from '${url('../processes/reaper.ts')}';
      import { postgres } from '${url('./postgres/postgres.ts')}';
      import { startComponent } from '${url('./start-component.ts')}';
      setInterval(() => {}, 1e6);
      const reaper = await Reaper.found();
      process.stdout.write('founded');
      const folder = ${JSON.stringify(temporary)};
      await startComponent(postgres, {
        env: process.env, envPrefix: 'TEST', cacheFolder: folder, reaper, folder, logFolder: folder + '/logs',
        say() {}, confirm: async () => false, provision: true,
      });`;
      const founder = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, TMPDIR: temporary },
      });
      onTestFinished(() => void founder.kill('SIGKILL'));
      await once(founder.stdout, 'data');
      const began = performance.now();
      // From the first folder over initdb to the running server: spread over the rounds, and each a little off.
      const delay_ms = ((round + Math.random()) / KILLS) * 2_000;
      await new Promise((resolve) => setTimeout(resolve, delay_ms));
      founder.kill('SIGKILL');
      const left = () => [
        ...carriersOf(`TMPDIR=${temporary}`),
        ...worksIn(temporary),
        ...readdirSync(temporary).filter((name) => name !== 'logs'),
      ];
      const what = `nothing to be left of a founder killed ${Math.round(performance.now() - began)} ms after its reaper`;
      await waitUntil(what, () => left().length === 0, { timeout_ms: 20_000 });
    }
  },
  40_000 * KILLS,
);
