import { mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { withFolderLock } from './folder-lock.ts';
import { ownerOf, thisOwner } from './owner.ts';
import { identify, type ProcessIdentity, processIsAlive, signalProcess } from './process-group.ts';
import { Reaper } from './reaper.ts';
import { runCommand } from './run-command.ts';
import { type ProcessOptions, startProcess } from './run-process.ts';
import { waitUntil } from './wait.ts';

let reaper: Reaper;
let folder: string;

beforeAll(async () => {
  reaper = await Reaper.found();
  folder = mkdtempSync(join(tmpdir(), 'run-process-test-'));
});

afterAll(async () => {
  await reaper.close();
  await rm(folder, { recursive: true, force: true });
});

const sh = (script: string, options: Partial<ProcessOptions> = {}) =>
  startProcess({ name: 'service', command: 'sh', args: ['-c', script], reaper, ...options });

function identityOf(pid: number | string): ProcessIdentity {
  const identity = identify(Number(pid));
  if (!identity) throw new Error(`no process ${pid}`);
  return identity;
}

const soon = { waitingFor: 'the line', timeout_ms: 5_000 };

test('waitForLine gives the match, of a line to come and of one already said', async () => {
  const running = await sh('echo "listening on 4711"; echo noise >&2; sleep 600');
  expect((await running.waitForLine(/listening on (\d+)/g, soon))[1]).toBe('4711');
  await running.waitForLine(/noise/, soon);
  expect((await running.waitForLine(/listening on (\d+)/g, soon))[1]).toBe('4711');
  await running.stop();
});

test('waitForLine tells of a process that ended first, with its last lines', async () => {
  const running = await sh('echo "cannot bind" >&2; exit 3');
  await expect(running.waitForLine(/listening/, soon)).rejects.toMatchObject({
    code: 'PROCESS_EXITED',
    tail: ['cannot bind'],
    message:
      'service ended with exit code 3 before it said /listening/ (waiting for the line); its last lines: cannot bind',
  });
});

test('waitForLine tells of a process that says nothing of the kind in its time', async () => {
  const running = await sh('echo still loading; sleep 600');
  await running.waitForLine(/loading/, soon);
  await expect(running.waitForLine(/listening/, { ...soon, timeout_ms: 30 })).rejects.toMatchObject({
    code: 'PROCESS_SILENT',
    tail: ['still loading'],
  });
  await running.stop();
});

test('a command that does not exist, and a folder that does not', async () => {
  const running = await startProcess({ name: 'absent', command: 'no-such-program', reaper });
  expect(await running.exited).toEqual({ code: 127, signal: null });
  expect(running.tail().join()).toContain('not found');
  await expect(sh('true', { cwd: join(folder, 'absent') })).rejects.toMatchObject({ code: 'PROCESS_NOT_STARTED' });
});

test('stop ends the grandchildren too, and may be called again', async () => {
  const running = await sh('sleep 600 & echo $!; wait');
  const grandchild = identityOf((await running.waitForLine(/^\d+$/, soon))[0]);
  await Promise.all([running.stop(), running.stop()]);
  await running.stop();
  expect(processIsAlive(grandchild)).toBe(false);
  expect(running.kill('SIGTERM')).toBe(false);
});

test('stop ends what the leader left behind when it ended by itself', async () => {
  const running = await sh('sleep 600 & echo $!');
  const left = identityOf((await running.waitForLine(/^\d+$/, soon))[0]);
  await running.exited;
  expect(processIsAlive(left)).toBe(true);
  await running.stop();
  expect(processIsAlive(left)).toBe(false);
});

test('stop kills what ignores the stop signal, after the grace', async () => {
  const running = await sh('trap "" TERM; echo deaf; while :; do sleep 1; done', { grace_ms: 100 });
  await running.waitForLine(/deaf/, soon);
  await running.stop();
  expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test.each([
  ['ends by itself', 'true'],
  ['is stopped', 'wait'],
])('who made a session of its own does not outlive the stop of a service that %s', async (how, end) => {
  const running = await sh(`setsid sh -c 'echo $$; exec sleep 600' & ${end}`);
  const left = identityOf((await running.waitForLine(/^\d+$/, soon))[0]);
  onTestFinished(() => void signalProcess(left, 'SIGKILL'));
  if (how === 'ends by itself') await running.exited;
  expect(processIsAlive(left)).toBe(true);
  await running.stop();
  expect(processIsAlive(left)).toBe(false);
});

test('who made a session of its own may say good-bye, and is killed when it is deaf', async () => {
  const session = (trap: string) => `setsid sh -c 'trap "${trap}" TERM; echo $$; while :; do sleep 0.02; done'`;
  const running = await sh(`${session('echo bye; exit')} & ${session('')} & wait`, { grace_ms: 1_000 });
  await waitUntil('both to be ready', () => running.tail().length === 2, soon);
  const sessions = running.tail().map(identityOf);
  onTestFinished(() => sessions.forEach((session) => void signalProcess(session, 'SIGKILL')));
  await running.stop();
  expect(running.tail(1)).toEqual(['bye']);
  expect(sessions.some(processIsAlive)).toBe(false);
});

test('a stop signal of its own gives it time to say good-bye', async () => {
  const running = await sh('trap "echo bye; exit 0" INT; echo ready; while :; do sleep 0.05; done', {
    stopSignal: 'SIGINT',
  });
  await running.waitForLine(/ready/, soon);
  await running.stop();
  expect(running.tail(1)).toEqual(['bye']);
});

test('every line goes to the log file, without secrets, and so to messages', async () => {
  const logFile = join(folder, 'logs', 'service.log');
  const running = await sh('echo "key is $KEY"; echo "redis://:pw@host" >&2; printf "no end"', {
    env: { PATH: process.env.PATH, KEY: 'k-123' },
    redact: ['k-123'],
    logFile,
  });
  await running.exited;
  await running.stop();
  const lines = readFileSync(logFile, 'utf8').split('\n');
  expect(lines.sort()).toEqual(['', 'key is [redacted]', 'no end', 'redis://:[redacted]@host']);
  expect(running.tail().join()).not.toContain('k-123');
});

test('a flood is written whole to the file and held in bounds in memory', async () => {
  const logFile = join(folder, 'flood.log');
  const running = await sh('yes "a line of some forty characters, more or less" | head -n 200000', { logFile });
  await running.exited;
  await running.stop();
  expect(readFileSync(logFile, 'utf8').split('\n')).toHaveLength(200_001);
  expect(running.tail(1e6)).toHaveLength(1_000);
});

test('runCommand tells of failure, slowness and interruption', async () => {
  const command = (script: string) => ({
    name: 'step',
    command: 'sh',
    args: ['-c', script],
    reaper,
    timeout_ms: 5_000,
  });
  await runCommand(command('true'));
  await expect(runCommand(command('echo why; exit 2'))).rejects.toMatchObject({
    code: 'PROCESS_EXITED',
    message: 'step ended with exit code 2; its last lines: why',
  });
  await expect(runCommand({ ...command('sleep 600'), timeout_ms: 50 })).rejects.toMatchObject({
    code: 'PROCESS_TOO_SLOW',
  });
  const stopping = new AbortController();
  const running = runCommand({ ...command('sleep 600'), signal: stopping.signal });
  stopping.abort(new Error('Ctrl-C'));
  await expect(running).rejects.toThrow('Ctrl-C');
});

test('a folder lock is held by one at a time, and left to nobody', async () => {
  let holders = 0;
  let most = 0;
  const work = async () => {
    holders += 1;
    most = Math.max(most, holders);
    await new Promise(setImmediate);
    holders -= 1;
  };
  const path = join(folder, 'lock');
  const lock = { path, reaper, timeout_ms: 5_000 };
  await Promise.all([1, 2, 3].map(() => withFolderLock(lock, work)));
  expect(most).toBe(1);
  const late = withFolderLock(lock, () => withFolderLock({ ...lock, timeout_ms: 20 }, work));
  await expect(late).rejects.toThrow(path);
});

test('a folder lock that a dead holder left is broken at once, and so is one older than any work; a held one is not', async () => {
  const path = join(folder, 'stale');
  const lock = { path, reaper, timeout_ms: 5_000 };
  const work = async () => readFileSync(join(path, 'holder'), 'utf8');
  const leave = (holder: string, age_ms: number) => {
    mkdirSync(path);
    writeFileSync(join(path, 'holder'), holder);
    utimesSync(path, Date.now() / 1_000, (Date.now() - age_ms) / 1_000);
  };
  const self = thisOwner();
  leave(ownerOf({ ...identityOf(process.pid), startedAt: '1' }), 0);
  expect(await withFolderLock(lock, work)).toBe(self);
  leave(self.replace(/^h.{10}/, 'h0123456789'), 11_000);
  expect(await withFolderLock(lock, work)).toBe(self);
  for (const holder of [self, self.replace(/^h.{10}/, 'h0123456789')]) {
    leave(holder, holder === self ? 60_000 : -60_000);
    await expect(withFolderLock({ ...lock, timeout_ms: 200 }, work)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    await rm(path, { recursive: true });
  }
  expect(readdirSync(folder).filter((name) => name.startsWith('stale'))).toEqual([]);
});
