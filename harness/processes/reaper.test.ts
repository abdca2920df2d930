import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { groupIsAlive, identify, type ProcessIdentity, processIsAlive, signalProcess } from './process-group.ts';
import { joinReaper, Reaper } from './reaper.ts';
import { startProcess } from './run-process.ts';
import { waitUntil } from './wait.ts';

const SLEEP = { name: 'sleeper', command: 'sleep', args: ['600'] };
const REAPER_URL = new URL('./reaper.ts', import.meta.url).href;
const RUN_PROCESS_URL = new URL('./run-process.ts', import.meta.url).href;

let folder: string;
const strays: ChildProcess[] = [];
/** What a failing test may have let live. */
const survivors: ProcessIdentity[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reaper-test-'));
});

afterEach(async () => {
  for (const stray of strays.splice(0)) stray.kill('SIGKILL');
  for (const survivor of survivors.splice(0)) signalProcess(survivor, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A process of its own that runs this program, with `report` to tell us something; it lives until it is killed. */
async function founder(program: string): Promise<{ child: ChildProcess; told: Record<string, unknown> }> {
  const source = `
    import { Reaper, joinReaper } from '${REAPER_URL}';
    import { startProcess } from '${RUN_PROCESS_URL}';
    const report = (told) => process.stdout.write(JSON.stringify(told) + '\\n');
    const folder = ${JSON.stringify(folder)};
    setInterval(() => {}, 1e6);
    ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  strays.push(child);
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, told: JSON.parse(line) };
}

function identityOf(pid: unknown): ProcessIdentity {
  const identity = identify(pid as number);
  if (!identity) throw new Error(`no process ${pid}`);
  return identity;
}

const gone = (what: string, ...leaders: ProcessIdentity[]) =>
  waitUntil(`${what} to be gone`, () => leaders.every((leader) => !groupIsAlive(leader)), { timeout_ms: 10_000 });

test('a closing connection ends its groups and folders, and nobody else’s', async () => {
  const reaper = await Reaper.found({ folder });
  const member = await joinReaper(reaper.socketPath);
  const owned = mkdtempSync(join(folder, 'owned-'));
  writeFileSync(join(owned, 'file'), 'x');
  await member.ownFolder(owned);
  const [mine, other] = await Promise.all([
    startProcess({ ...SLEEP, reaper: member }),
    startProcess({ ...SLEEP, reaper }),
  ]);
  await member.close();
  expect(await mine.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(existsSync(owned)).toBe(false);
  expect(groupIsAlive(identityOf(other.pid))).toBe(true);
  await joinReaper(reaper.socketPath); // A founder that joined as well does not get itself killed.
  await reaper.close();
  expect(await other.exited).toEqual({ code: null, signal: 'SIGTERM' });
});

test('a founder killed with SIGKILL leaves no process, no grandchild, no member, no folder and no reaper', async () => {
  const { child, told } = await founder(`
    import { spawn } from 'node:child_process';
    import { mkdtempSync } from 'node:fs';
    const reaper = await Reaper.found({ folder });
    const owned = mkdtempSync(folder + '/owned-');
    await reaper.ownFolder(owned);
    const parent = await startProcess({ name: 'parent', command: 'sh', args: ['-c', 'sleep 600 & echo $!; wait'], reaper });
    const [, grandchild] = await parent.waitForLine(/^(\\d+)$/, { waitingFor: 'the pid', timeout_ms: 5000 });
    const member = spawn(process.execPath, ['--input-type=module', '-e', \`
      import { joinReaper } from '${REAPER_URL}';
      import { startProcess } from '${RUN_PROCESS_URL}';
      setInterval(() => {}, 1e6);
      const reaper = await joinReaper('\${reaper.socketPath}');
      const running = await startProcess({ name: 'sleeper', command: 'sleep', args: ['600'], reaper });
      process.stdout.write(String(running.pid));
    \`], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    member.stdout.once('data', (pid) => report({
      reaper: reaper.pid, socketPath: reaper.socketPath, owned, parent: parent.pid, grandchild: Number(grandchild),
      member: member.pid, ofMember: Number(pid),
    }));`);
  const { socketPath, owned, ...pids } = told;
  const identities = Object.values(pids).map(identityOf);
  survivors.push(...identities);
  child.kill('SIGKILL');
  await waitUntil('everything to be gone', () => !identities.some(processIsAlive), { timeout_ms: 10_000 });
  expect([owned, socketPath, dirname(socketPath as string)].map((path) => existsSync(path as string))).toEqual([
    false,
    false,
    false,
  ]);
});

test('a founder killed with SIGKILL leaves nobody who made a session of its own', async () => {
  const { child, told } = await founder(`
    const reaper = await Reaper.found({ folder });
    const args = ['-c', "setsid sh -c 'echo $$; exec sleep 600' & wait"];
    const running = await startProcess({ name: 'service', command: 'sh', args, reaper });
    const [pid] = await running.waitForLine(/^\\d+$/, { waitingFor: 'the pid', timeout_ms: 5000 });
    report({ pid: Number(pid) });`);
  const session = identityOf(told.pid);
  survivors.push(session);
  child.kill('SIGKILL');
  await gone('the session', session);
});

test('a founder killed before it made the folder it owns leaves none, though it is made by another since', async () => {
  const path = join(folder, 'to-be-made');
  const { child, told } = await founder(`
    const reaper = await Reaper.found({ folder });
    await reaper.ownFolder('${path}');
    report({ pid: reaper.pid });`);
  const reaper = identityOf(told.pid);
  mkdirSync(path);
  child.kill('SIGKILL');
  await gone('the reaper', reaper);
  expect(readdirSync(folder)).toEqual([]);
});

test('what ignores its stop signal is killed after its grace', async () => {
  const { child, told } = await founder(`
    const reaper = await Reaper.found({ folder });
    const running = await startProcess({
      name: 'deaf', command: 'sh', args: ['-c', 'trap "" TERM; echo deaf; while :; do sleep 1; done'], reaper, grace_ms: 300,
    });
    await running.waitForLine(/deaf/, { waitingFor: 'the trap', timeout_ms: 5000 });
    report({ pid: running.pid });`);
  const deaf = identityOf(told.pid);
  const began = performance.now();
  child.kill('SIGKILL');
  await gone('the deaf process', deaf);
  expect(performance.now() - began).toBeGreaterThan(250);
});

test('a frozen process is let go on, so that it can end in its own way', async () => {
  const reaper = await Reaper.found({ folder });
  const script = 'trap "exit 0" TERM; echo ready; while :; do sleep 0.01; done';
  const running = await startProcess({ name: 'orderly', command: 'sh', args: ['-c', script], reaper, grace_ms: 4_000 });
  await running.waitForLine(/ready/, { waitingFor: 'the trap', timeout_ms: 5_000 });
  running.kill('SIGSTOP');
  await reaper.close();
  expect(await running.exited).toEqual({ code: 0, signal: null });
});

test('killed before the command was let go: it never ran', async () => {
  const mark = join(folder, 'it-ran');
  const { child, told } = await founder(`
    const slow = { adopt: (pid) => { report({ pid }); return new Promise(() => {}); } };
    await startProcess({ name: 'marker', command: 'touch', args: ['${mark}'], reaper: slow });`);
  const shell = identityOf(told.pid);
  expect(groupIsAlive(shell)).toBe(true);
  child.kill('SIGKILL');
  await gone('the waiting shell', shell);
  expect(existsSync(mark)).toBe(false);
});

test('a process whose pid was released, or given to another since, is not touched', async () => {
  const stranger = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  strays.push(stranger);
  await once(stranger, 'spawn');
  const real = identityOf(stranger.pid);
  expect(groupIsAlive(real)).toBe(true);
  expect(groupIsAlive({ ...real, startedAt: '1' })).toBe(false);
  expect(processIsAlive({ ...real, startedAt: '1' })).toBe(false);

  const reaper = await Reaper.found({ folder });
  await reaper.adopt(real.pid, { stopSignal: 'SIGTERM', grace_ms: 100 });
  await reaper.release(real.pid);
  await reaper.close();
  expect(processIsAlive(real)).toBe(true);
});

test('ends nothing that was not meant: a process without a group of its own, pid 1, a folder near the root', async () => {
  const reaper = await Reaper.found({ folder });
  const sibling = spawn('sleep', ['600'], { stdio: 'ignore' });
  strays.push(sibling);
  await once(sibling, 'spawn');
  const ending = { stopSignal: 'SIGTERM', grace_ms: 100 } as const;
  for (const pid of [sibling.pid as number, 1, 0, -1, reaper.pid]) {
    await expect(reaper.adopt(pid, ending)).rejects.toMatchObject({ code: 'REAPER_REFUSED' });
  }
  for (const path of ['/', '/tmp', 'relative/folder', '/tmp/../etc', join(folder, 'absent/absent')]) {
    await expect(reaper.ownFolder(path)).rejects.toMatchObject({ code: 'REAPER_REFUSED' });
  }
  await reaper.close();
});

test('is deaf to Ctrl-C and hang-ups, which are for the founder', async () => {
  const reaper = await Reaper.found({ folder });
  const running = await startProcess({ ...SLEEP, reaper });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(reaper.pid, signal);
  await reaper.ownFolder(folder);
  expect(groupIsAlive(identityOf(running.pid))).toBe(true);
  await reaper.releaseFolder(folder);
  await reaper.close();
});

test('once the reaper is gone nothing is started, and that is said', async () => {
  const reaper = await Reaper.found({ folder });
  const mark = join(folder, 'it-ran');
  process.kill(reaper.pid, 'SIGKILL');
  const start = startProcess({ name: 'marker', command: 'touch', args: [mark], reaper });
  await expect(start).rejects.toMatchObject({ code: 'REAPER_GONE' });
  expect(existsSync(mark)).toBe(false);
});

test('a reaper that dies is told, and each connection ends its own processes and folders, the socket’s as well', async () => {
  const reaper = await Reaper.found({ folder });
  const member = await joinReaper(reaper.socketPath);
  const [owned, ofMember] = ['owned-', 'of-member-'].map((name) => mkdtempSync(join(folder, name))) as [string, string];
  await Promise.all([reaper.ownFolder(owned), member.ownFolder(ofMember)]);
  const [service, other] = await Promise.all([
    startProcess({ ...SLEEP, reaper }),
    startProcess({ ...SLEEP, reaper: member }),
  ]);
  survivors.push(identityOf(service.pid), identityOf(other.pid));
  process.kill(reaper.pid, 'SIGKILL');
  expect(await reaper.lost).toMatchObject({ code: 'REAPER_GONE' });
  expect(await member.lost).toMatchObject({ code: 'REAPER_GONE' });
  await Promise.all([reaper.close(), member.close()]);
  expect(await Promise.all([service.exited, other.exited])).toEqual(Array(2).fill({ code: null, signal: 'SIGTERM' }));
  expect(readdirSync(folder)).toEqual([]);
});

test('a reaper that dies while it ends everything is told, and its work is finished', async () => {
  const reaper = await Reaper.found({ folder });
  const script = 'trap "echo asked" TERM; echo deaf; while :; do sleep 0.05; done';
  const deaf = await startProcess({ name: 'deaf', command: 'sh', args: ['-c', script], reaper, grace_ms: 500 });
  survivors.push(identityOf(deaf.pid));
  await deaf.waitForLine(/deaf/, { waitingFor: 'the trap', timeout_ms: 5_000 });
  const closing = reaper.close();
  await deaf.waitForLine(/asked/, { waitingFor: 'the stop signal', timeout_ms: 5_000 });
  process.kill(reaper.pid, 'SIGKILL');
  await closing;
  expect(await reaper.lost).toMatchObject({ code: 'REAPER_GONE' });
  expect(await deaf.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a connection that is closed in order is not lost', async () => {
  const reaper = await Reaper.found({ folder });
  const member = await joinReaper(reaper.socketPath);
  const lost: string[] = [];
  void reaper.lost.then(() => lost.push('founder'));
  void member.lost.then(() => lost.push('member'));
  await member.close();
  await reaper.close();
  await new Promise(setImmediate);
  expect(lost).toEqual([]);
});

test('a founder that ends in order needs no closing: nothing keeps it alive, nothing stays', async () => {
  const { child, told } = await founder(`
    const reaper = await Reaper.found({ folder });
    report({ pid: reaper.pid });
    process.exitCode = 7;
    setTimeout(() => process.exit(), 50);`);
  const reaper = identityOf(told.pid);
  expect(await once(child, 'exit')).toEqual([7, null]);
  await gone('the reaper', reaper);
});

test('a folder too deep for a socket, or not there, is told as a thing the user can mend', async () => {
  const room = 103 - Buffer.byteLength(`${folder}//harness-XXXXXX/reaper`);
  const [fits, tooLong] = ['x'.repeat(room), 'x'.repeat(room + 1)].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  for (const path of [fits, tooLong]) mkdirSync(path);
  await (await Reaper.found({ folder: fits })).close();
  for (const [path, advice] of [
    [tooLong, 'Set TMPDIR to a shorter one'],
    [join(folder, 'absent'), 'Set TMPDIR to a folder that exists'],
  ] as const) {
    const message = expect.stringMatching(new RegExp(`^The temporary folder ${path} .*${advice}`));
    await expect(Reaper.found({ folder: path })).rejects.toMatchObject({ code: 'unwritable', message });
  }
  await expect(joinReaper(join(folder, 'reaper'))).rejects.toMatchObject({ code: 'REAPER_NOT_STARTED' });
});
