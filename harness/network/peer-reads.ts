/** Waits until peers have read what was written to them, by the kernel's own account: Node alone cannot tell. */
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { pause, type Timings } from './timings.ts';

const POLL_MS = 2;

/**
 * Resolves when the sockets' peers have read all, when `deadline_ms` has passed, or when the signal aborts, with the bytes
 * then unread; with `undefined` as soon as the kernel has taken all, where it does not tell what became of them.
 * @param unflushed_bytes what Node has not handed to the kernel yet.
 */
export async function untilReadByPeers(
  sockets: readonly Socket[],
  unflushed_bytes: () => number,
  timings: Timings,
  deadline_ms: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  for (;;) {
    const kernels_bytes = await inKernels_bytes(sockets);
    const ours_bytes = unflushed_bytes();
    const unread_bytes = (kernels_bytes ?? 0) + ours_bytes;
    if (kernels_bytes === undefined && ours_bytes === 0) return undefined;
    if (unread_bytes === 0 || timings.now_ms() >= deadline_ms || signal.aborted) return unread_bytes;
    await pause(timings, POLL_MS, signal);
  }
}

/**
 * Bytes written to the sockets that their peers, on this machine, have not read: in a kernel's queue for sending or for reading.
 * From /proc/net/tcp and tcp6 (proc(5), `tx_queue:rx_queue`); `undefined` where these cannot be read, as on other systems than Linux.
 */
async function inKernels_bytes(sockets: readonly Socket[]): Promise<number | undefined> {
  const ours = new Set<string>();
  const theirs = new Set<string>();
  for (const { localPort, remotePort } of sockets) {
    if (localPort === undefined || remotePort === undefined) continue;
    ours.add(`${localPort}>${remotePort}`);
    theirs.add(`${remotePort}>${localPort}`);
  }
  try {
    const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readTable));
    let unread_bytes = 0;
    for (const row of tables.flat()) {
      const path = `${row.localPort}>${row.remotePort}`;
      if (ours.has(path)) unread_bytes += row.sent_bytes;
      if (theirs.has(path)) unread_bytes += row.received_bytes;
    }
    return unread_bytes;
  } catch {
    return undefined;
  }
}

interface KernelQueues {
  localPort: number;
  remotePort: number;
  sent_bytes: number;
  received_bytes: number;
}

const LISTENING = '0A';

/** A table's rows but those of listeners, whose `rx_queue` counts connections. */
async function readTable(path: string): Promise<KernelQueues[]> {
  const rows: KernelQueues[] = [];
  for (const line of (await readFile(path, 'latin1')).split('\n').slice(1)) {
    const [, local, remote, state, queues] = line.trim().split(/\s+/);
    if (!local || !remote || !queues || state === LISTENING) continue;
    const [sent = '', received = ''] = queues.split(':');
    rows.push({
      localPort: portOf(local),
      remotePort: portOf(remote),
      sent_bytes: Number.parseInt(sent, 16),
      received_bytes: Number.parseInt(received, 16),
    });
  }
  return rows;
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
}
