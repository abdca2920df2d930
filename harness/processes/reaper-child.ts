/**
 * The reaper: a small process in a session of its own that outlives the harness by a moment and ends what it left.
 * Started by `Reaper.found`, told of processes and folders over a Unix socket. When a connection closes, its process
 * groups end and its folders go; when the founder's closes, or the pipe it holds, everything ends, and the reaper too.
 *
 * usage: node reaper-child.ts <folder to make the socket's folder in>; prints the socket's path as its first line.
 */
import { lstatSync, mkdtempSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { LineSplitter } from './line-splitter.ts';
import { identify, leadsItsGroup, type ProcessIdentity, signalProcess } from './process-group.ts';
import type { ReaperReply, ReaperRequest } from './reaper-protocol.ts';
import { Registrations, removeFolder } from './registrations.ts';

/** One connection: what it registered, and who is at its other end. */
class Registrant extends Registrations {
  /** The process at the other end, when it is a member: it must not outlive the founder. */
  member: ProcessIdentity | undefined;
}

const registrants = new Set<Registrant>();
let socketFolder: string | undefined;
let founderPid: number | undefined;
let finishing = false;

async function finish(): Promise<void> {
  if (finishing) return;
  finishing = true;
  // Members first, for a living one could start more.
  for (const { member } of registrants) {
    // A founder that closes in order may have joined too, and lives on.
    if (member && member.pid !== founderPid) signalProcess(member, 'SIGKILL');
  }
  await Promise.all([...registrants].map((registrant) => registrant.end()));
  if (socketFolder) await removeFolder(socketFolder);
  process.exit();
}

function checkPid(pid: unknown): number {
  // -1 as a target of kill means everybody, so 1 is refused with the rest.
  if (!Number.isSafeInteger(pid) || (pid as number) <= 1 || pid === process.pid) {
    throw new Error(`expected the pid of a process to look after, got ${pid}`);
  }
  return pid as number;
}

function checkFolder(path: unknown): string {
  const folder = typeof path === 'string' && isAbsolute(path) ? normalize(path) : '';
  if (folder.split(sep).filter(Boolean).length < 2) {
    throw new Error(`expected the absolute path of a temporary folder, got ${JSON.stringify(path)}`);
  }
  // It may be about to be made; what is there already is no file.
  const stats = lstatSync(folder, { throwIfNoEntry: false }) ?? lstatSync(dirname(folder));
  if (!stats.isDirectory()) throw new Error(`${folder} is not a folder`);
  return folder;
}

async function obey(request: ReaperRequest, registrant: Registrant, socket: Socket): Promise<void> {
  if ((finishing || registrant.isEnding) && request.do !== 'end') throw new Error('everything is being ended');
  switch (request.do) {
    case 'join':
      if (request.role === 'founder') {
        founderPid = request.pid;
        socket.once('close', finish);
      } else {
        registrant.member = identify(checkPid(request.pid));
      }
      return;
    case 'adopt': {
      const leader = identify(checkPid(request.pid));
      if (!leader || !leadsItsGroup(request.pid)) throw new Error(`${request.pid} does not lead a process group`);
      registrant.groups.set(leader.pid, { leader, ending: request });
      return;
    }
    case 'release':
      registrant.groups.delete(request.pid);
      return;
    case 'own-folder':
      registrant.folders.add(checkFolder(request.path));
      return;
    case 'release-folder':
      registrant.folders.delete(normalize(request.path));
      return;
    case 'end':
      await registrant.end();
      return;
    default:
      throw new Error(`unknown request ${JSON.stringify(request)}`);
  }
}

async function answer(line: string, registrant: Registrant, socket: Socket): Promise<void> {
  const request = JSON.parse(line) as ReaperRequest;
  let reply: ReaperReply;
  try {
    await obey(request, registrant, socket);
    reply = { id: request.id, ok: true };
  } catch (error) {
    reply = { id: request.id, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
  if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
}

const server = createServer((socket) => {
  const registrant = new Registrant();
  const splitter = new LineSplitter();
  registrants.add(registrant);
  socket.setEncoding('utf8');
  socket.on('data', (piece: string) => {
    for (const line of splitter.push(piece)) answer(line, registrant, socket).catch(() => socket.destroy());
  });
  socket.on('error', () => {}); // 'close' follows.
  socket.on('close', () => {
    registrant.end().then(() => {
      if (!finishing) registrants.delete(registrant);
    });
  });
});

// Ctrl-C and a closing terminal are for the founder; the reaper goes when the founder has gone.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(name, () => {});
process.on('uncaughtException', finish);
process.stdout.on('error', () => {});
process.stdin
  .on('close', finish)
  .on('error', () => {})
  .resume();

socketFolder = mkdtempSync(join(process.argv[2] ?? '/tmp', 'harness-'));
const socketPath = join(socketFolder, 'reaper');
server.listen(socketPath, () => process.stdout.write(`${socketPath}\n`));
