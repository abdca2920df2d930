import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../processes/wait.ts';
import { type TestContext, testContext } from '../test-context.ts';
import { type ContainerOptions, ContainerServer, imageServing } from './container.ts';
import { Engine } from './engine.ts';
import { type StandInEngine, standInEngine } from './stand-in-engine.fixture.ts';

let context: TestContext;
let stand: StandInEngine;
let engine: Engine;

beforeAll(async () => {
  context = await testContext();
  stand = await standInEngine({ folder: context.folder, hasImage: (image) => image === 'acme/server:1.2' });
  engine = new Engine(stand.address);
});

afterAll(async () => {
  await context.close();
  await stand.close();
});

/** Says its secret and its arguments, is ready, and stays. */
const SCRIPT = 'echo "with $PASSWORD and $*"; echo now Ready; exec sleep 1000';

function specOf(changes: Partial<ContainerOptions> = {}): ContainerOptions {
  return {
    component: 'hub',
    password: 'hunter2',
    engine,
    image: 'acme/server:1.2',
    user: 'hub',
    script: SCRIPT,
    args: ['--port', '7'],
    port: 7,
    hostPort: 40_007,
    folder: '/data',
    readyLine: 'now ready',
    timeout_ms: 20_000,
    sharesProcesses: true,
    ...changes,
  };
}

const logFileOf = (name: string) => join(context.logFolder, `${name}.log`);
const start = (changes: Partial<ContainerOptions> = {}, log = 'hub') =>
  ContainerServer.start(specOf(changes), { env: process.env, reaper: context.reaper, logFile: logFileOf(log) });
const SERVES = { waitingFor: 'the container to serve', timeout_ms: 20_000 };

test('a container is reached on 127.0.0.1 alone, can do nothing but serve, and goes with its process', async () => {
  const server = await start();
  await server.running.waitForLine(/^the container .* serves$/, SERVES);
  const [container] = stand.containers.values();
  expect(container?.isRunning).toBe(true);
  expect(container?.created.HostConfig).toMatchObject({
    PortBindings: { '7/tcp': [{ HostIp: '127.0.0.1', HostPort: '40007' }] },
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    PidMode: 'host',
  });
  expect(await imageServing(40_007, { DOCKER_HOST: stand.address })).toBe('acme/server:1.2');
  expect(await imageServing(40_008, { DOCKER_HOST: stand.address })).toBeUndefined();
  await server.stop();
  expect(stand.containers.size).toBe(0);
  expect(container?.isRunning).toBe(false);
  expect(readFileSync(logFileOf('hub'), 'utf8')).toContain('with hunter2 and --port 7');
  // What everybody may read of a process holds no secret.
  expect(JSON.stringify(container?.created.Cmd)).not.toContain('hunter2');
});

test('a killed server is there again with its container, and what it says then is heard too', async () => {
  const server = await start({ script: 'echo "life $$"; echo now ready; exec sleep 1000' }, 'lives');
  await server.running.waitForLine(/serves$/, SERVES);
  const [container] = stand.containers.values();
  await server.kill();
  expect(container?.isRunning).toBe(false);
  expect(stand.containers.size).toBe(1);
  server.startAgain();
  const lives = () => readFileSync(logFileOf('lives'), 'utf8').match(/life \d+/g) ?? [];
  await waitUntil('its second life', () => lives().length === 2, { timeout_ms: 10_000 });
  expect(new Set(lives()).size).toBe(2);
  await server.stop();
  expect(stand.containers.size).toBe(0);
});

test('a server that ends before it serves leaves no container, and its last words are told', async () => {
  // The engine tells of the end first.
  const server = await start({ script: '(sleep 0.2; echo "no space left") >&2 & exit 3' });
  await expect(server.running.waitForLine(/serves$/, SERVES)).rejects.toThrow(
    /no space left .* it ended with exit code 3 before it served/,
  );
  expect(stand.containers.size).toBe(0);
});

test('kill -9 of the founder removes the container', async () => {
  const url = (path: string) => new URL(path, import.meta.url).href;
  const folder = mkdtempSync(join(tmpdir(), 'container-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { engine: _, ...spec } = specOf();
  const program = `
    import { Reaper } from '${url('../../processes/reaper.ts')}';
    import { ContainerServer } from '${url('./container.ts')}';
    import { Engine } from '${url('./engine.ts')}';
    const reaper = await Reaper.found();
    const engine = new Engine('${stand.address}');
    const context = { env: process.env, reaper, logFile: '${folder}/hub.log' };
    const server = await ContainerServer.start({ ...${JSON.stringify(spec)}, engine }, context);
    await server.running.waitForLine(/serves$/, ${JSON.stringify(SERVES)});
    process.stdout.write('serving');
    setInterval(() => {}, 1e6);`;
  const founder = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void founder.kill('SIGKILL'));
  await once(founder.stdout, 'data');
  expect(stand.containers.size).toBe(1);
  founder.kill('SIGKILL');
  await waitUntil('the container to be gone', () => stand.containers.size === 0, { timeout_ms: 15_000 });
});

test('a container whose process was killed outright is removed by the next, or when it is stopped; no other is', async () => {
  const dead = await start();
  await dead.running.waitForLine(/serves$/, SERVES);
  const [left] = stand.containers.keys();
  dead.running.kill('SIGKILL');
  await dead.running.exited;
  expect([...stand.containers.keys()]).toEqual([left]);

  const living = await start({ hostPort: 40_008 });
  await living.running.waitForLine(/serves$/, SERVES);
  const [second] = stand.containers.keys();
  expect(stand.containers.size).toBe(1);
  expect(second).not.toBe(left);
  const third = await start({ hostPort: 40_009 });
  await third.running.waitForLine(/serves$/, SERVES);
  expect(stand.containers.size).toBe(2);

  living.running.kill('SIGKILL');
  await living.running.exited;
  await living.stop();
  expect([...stand.containers.keys()]).not.toContain(second);
  await third.stop();
  expect(stand.containers.size).toBe(0);
});
