import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
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
