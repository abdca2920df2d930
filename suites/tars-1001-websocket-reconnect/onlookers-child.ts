/**
 * A process of people who look on (VIEWING-MODEL.md): a real client each, behind a proxy of its own that forgets idle
 * connections and has outages, in divided time.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { serveCommands } from '../../fixtures/crowd/commands.ts';
import { lightWebSocket } from '../../fixtures/crowd/light-web-socket.ts';
import { requireOpenFiles } from '../../fixtures/crowd/open-files.ts';
import { Viewer } from '../../fixtures/viewer.ts';
import { FaultProxy } from '../../harness/network/proxy.ts';
import { forkRandom, seededRandom } from '../../harness/random/random.ts';
import type { ClientTimings } from '../../impl/release-parts.ts';
import type { ReleaseName } from '../../impl/releases.ts';
import { DEFAULT_TIMINGS } from '../../impl/websocket/timings.ts';
import type { Path } from './viewing-model.ts';

export interface Onlooker {
  readonly token: string;
  readonly channel: string;
  readonly path: Path;
}

/** What became of one. */
export interface Seen {
  /** Events of its channel that it was not told of. */
  readonly missing: number;
  readonly gaps: number;
  /** How often it lost a live connection. */
  readonly drops: number;
}

interface Seated extends Onlooker {
  readonly viewer: Viewer;
  readonly proxy: FaultProxy;
}

/** Connections under way at once while all take their seats. */
const SEATING_MAX = 4;
/** Sockets of an onlooker in this process: its client's, its proxy's listener, and the two ends that it joins. */
const SOCKETS_EACH = 4;

/** In the order in which they were given. */
const seated: Seated[] = [];
const lag = monitorEventLoopDelay({ resolution: 10 });

const commands = {
  /** Connects all of them over unharmed paths; resolves when each is live. */
  async seat(input: {
    readonly release: ReleaseName;
    readonly address: string;
    readonly onlookers: readonly Onlooker[];
    readonly divisor: number;
    readonly seed: number;
    readonly timeout_ms: number;
  }): Promise<void> {
    requireOpenFiles(SOCKETS_EACH * input.onlookers.length);
    const { hostname: host, port } = new URL(input.address);
    const patience = AbortSignal.timeout(input.timeout_ms);
    const timings = divided(input.divisor);
    const WebSocket = lightWebSocket();
    const random = seededRandom(input.seed);
    const waiting = input.onlookers.map((onlooker, place) => ({ onlooker, place, own: forkRandom(random) }));
    const seatOneAfterAnother = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const { onlooker, place, own } = next;
        const proxy = await FaultProxy.start({ target: { host, port: Number(port) }, random: forkRandom(own) });
        const url = `ws://${proxy.host}:${proxy.port}/ws`;
        const options = { url, token: () => onlooker.token, WebSocket, timings, random: forkRandom(own) };
        const viewer = new Viewer(input.release, options, [onlooker.channel]);
        seated[place] = { ...onlooker, viewer, proxy };
        viewer.connect();
        if (!(await viewer.until(() => viewer.live, patience))) {
          throw new Error(`an onlooker was not live in time: ${viewer.errors[0]?.message ?? 'no error told'}`);
        }
      }
    };
    await Promise.all(Array.from({ length: SEATING_MAX }, seatOneAfterAnother));
  },

  /** From now on the paths do what they were planned to do, in divided time. */
  async begin({ divisor }: { readonly divisor: number }): Promise<void> {
    lag.enable();
    for (const { path, proxy } of seated) {
      await proxy.apply({ kind: 'idle', ms: path.idle.limit_ms / divisor, how: path.idle.how });
      if (path.outage !== undefined) scheduleOutage(proxy, path.outage, divisor);
    }
  },

  /** Waits until each has been told of the events of its channel, by their ids, and resolves with what each was not told. */
  async seen(input: {
    readonly events: Readonly<Record<string, readonly string[]>>;
    readonly timeout_ms: number;
  }): Promise<{ seen: Seen[]; lag_p99_ms: number }> {
    const patience = AbortSignal.timeout(input.timeout_ms);
    const seen = await Promise.all(
      seated.map(async ({ channel, viewer }): Promise<Seen> => {
        const due = input.events[channel] ?? [];
        const missing = () => {
          const told = new Set(viewer.received.get(channel)?.map(({ id }) => id));
          return due.filter((id) => !told.has(id)).length;
        };
        // Counted before they are compared: this is asked at each event of each of them.
        const hasAll = () => (viewer.received.get(channel)?.length ?? 0) >= due.length && missing() === 0;
        await viewer.until(() => viewer.gaps.length > 0 || hasAll(), patience);
        return { missing: missing(), gaps: viewer.gaps.length, drops: viewer.drops };
      }),
    );
    return { seen, lag_p99_ms: lag.percentile(99) / 1e6 };
  },
};

export type OnlookerCommands = typeof commands;

function scheduleOutage(proxy: FaultProxy, outage: NonNullable<Path['outage']>, divisor: number): void {
  setTimeout(() => {
    void proxy.outage(
      outage.how === 'rst' ? { how: 'refuse', current: 'rst' } : { how: 'silence', current: 'swallow' },
    );
    setTimeout(() => void proxy.restore(), outage.length_ms / divisor);
  }, outage.at_ms / divisor);
}

/** Every time of the client, and no count. */
function divided(divisor: number): Partial<ClientTimings> {
  return Object.fromEntries(
    Object.entries(DEFAULT_TIMINGS).map(([name, value]) => [name, name.endsWith('_ms') ? value / divisor : value]),
  );
}

await serveCommands(commands);
