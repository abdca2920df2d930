/** Viewers each behind a proxy of their own, so that one can be cut alone; and what cuts did to them, as counted by those who saw it. */
import { setTimeout as delay } from 'node:timers/promises';
import { gather, socketUrl } from '../../fixtures/audience.ts';
import type { DashboardServices } from '../../fixtures/stacks/dashboard.ts';
import type { Viewer } from '../../fixtures/viewer.ts';
import { FaultProxy } from '../../harness/network/proxy.ts';
import { WaitTimeoutError, waitUntil } from '../../harness/processes/wait.ts';
import { forkRandom } from '../../harness/random/random.ts';
import type { PlannedCut } from './cut-plan.ts';

export interface Seat {
  readonly viewer: Viewer;
  readonly proxy: FaultProxy;
}

/** How long a viewer that tries to come back may take before the next cut is made all the same. */
const LIVE_MS = 30_000;
/** How long the first byte that vanishes is waited for. */
const VANISH_MS = 5_000;

/** Connects a viewer through a proxy; both end with `stack`. */
export async function takeSeat(
  services: DashboardServices,
  options: {
    readonly token: string;
    readonly agentId: string;
    /** Numbers in [0, 1), drawn by nobody else. */
    readonly random: () => number;
    readonly signal: AbortSignal;
  },
  stack: AsyncDisposableStack,
): Promise<Seat> {
  const { hostname: host, port } = new URL(services.api.address);
  const [ofProxy, ofViewer] = [forkRandom(options.random), forkRandom(options.random)];
  const proxy = stack.use(await FaultProxy.start({ target: { host, port: Number(port) }, random: ofProxy }));
  const url = socketUrl(`http://${proxy.host}:${proxy.port}`);
  const [viewer] = await gather(services, { ...options, url, count: 1, random: ofViewer });
  stack.defer(() => viewer?.close());
  return { viewer: viewer as Viewer, proxy };
}

/** Resolves when each viewer is back, or has given up, or has had 30 s for it. */
export async function settle(seats: readonly Seat[], signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(LIVE_MS)]);
  await Promise.all(seats.map(({ viewer }) => viewer.until(() => viewer.live || viewer.over, patience)));
}

/** Makes cuts, one after the other, and keeps what only the moment of the cut shows. */
export class Cutter {
  readonly #services: DashboardServices;
  readonly #seats: readonly Seat[];
  readonly #signal: AbortSignal;
  readonly #made = new Map<string, number>();
  #turn = 0;
  #liveAtEndsOfApi = 0;
  #endsOfApiThatHit = 0;

  constructor(services: DashboardServices, seats: readonly Seat[], signal: AbortSignal) {
    this.#services = services;
    this.#seats = seats;
    this.#signal = signal;
  }

  /** Makes the cut when the viewer whose turn it is has been live for its pause; one that has given up is not waited for. */
  async make(planned: PlannedCut): Promise<void> {
    const seat = this.#seats[this.#turn % this.#seats.length] as Seat;
    this.#turn += 1;
    await settle([seat], this.#signal);
    await delay(planned.pause_ms, undefined, { signal: this.#signal });
    this.#made.set(planned.cut, (this.#made.get(planned.cut) ?? 0) + 1);
    await this.#cut(planned, seat.proxy);
  }

  /**
   * Cuts by which a viewer lost a live connection: of those in proxies no more than proxies made, nor than viewers lost
   * beside the ends of dashboard-api; an end of dashboard-api is one, however many viewers it hits.
   */
  get hits(): number {
    return Math.min(this.#proxyCuts, Math.max(0, this.#drops - this.#liveAtEndsOfApi)) + this.#endsOfApiThatHit;
  }

  /** What was made, and what it did. */
  get evidence(): string {
    const made = [...this.#made].map(([cut, count]) => `${count} ${cut}`).join(', ');
    return `${this.#drops} live connections lost by viewers; ${this.#proxyCuts} cut in proxies (${this.#proxyCutsByKind}), ${this.#liveAtEndsOfApi} live at ${this.#endsOfApiThatHit} ends of dashboard-api; ${this.#vanished_bytes} bytes vanished; made: ${made}`;
  }

  get #drops(): number {
    return this.#seats.reduce((sum, { viewer }) => sum + viewer.drops, 0);
  }

  get #proxyCuts(): number {
    return this.#seats.reduce((sum, { proxy }) => sum + proxy.snapshot().cut, 0);
  }

  get #proxyCutsByKind(): string {
    const kinds = new Map<string, number>();
    for (const entry of this.#seats.flatMap(({ proxy }) => proxy.log)) {
      if (entry.event !== 'cut') continue;
      const kind = entry.because === 'cut-after' ? `mid-frame ${entry.how}` : entry.how;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    return [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ');
  }

  get #vanished_bytes(): number {
    return this.#seats.reduce((sum, { proxy }) => sum + vanished_bytes(proxy), 0);
  }

  async #cut({ cut, bytes }: PlannedCut, proxy: FaultProxy): Promise<void> {
    const { api, engine } = this.#services;
    switch (cut) {
      case 'rst':
      case 'fin':
        return proxy.apply({ kind: 'cut', how: cut });
      case 'mid-frame':
        for (const connection of proxy.connections)
          connection.apply({ kind: 'cut-after', bytes, direction: 'server-to-client', how: 'rst' });
        return;
      case 'vanish':
        return this.#vanish(proxy);
      case 'kill-api':
        this.#countLive();
        await api.kill();
        return api.start();
      case 'stop-api':
        this.#countLive();
        await api.stop();
        return api.start();
      case 'kill-engine':
        await engine.kill();
        return engine.start();
    }
  }

  /** Only a replay can bring back what vanished on the way before the connection did. */
  async #vanish(proxy: FaultProxy): Promise<void> {
    if (proxy.connections.length === 0) return;
    const before_bytes = vanished_bytes(proxy);
    for (const connection of proxy.connections)
      connection.apply({ kind: 'swallow', direction: 'server-to-client', permanent: true });
    try {
      await waitUntil('an event to vanish', () => vanished_bytes(proxy) > before_bytes, {
        timeout_ms: VANISH_MS,
        interval_ms: 10,
        signal: this.#signal,
      });
    } catch (error) {
      // Nothing was on its way: the evidence has the bytes.
      if (!(error instanceof WaitTimeoutError)) throw error;
    }
    return proxy.apply({ kind: 'cut', how: 'rst' });
  }

  #countLive(): void {
    const live = this.#seats.filter(({ viewer }) => viewer.live).length;
    this.#liveAtEndsOfApi += live;
    if (live > 0) this.#endsOfApiThatHit += 1;
  }
}

function vanished_bytes(proxy: FaultProxy): number {
  return proxy.snapshot().connections.reduce((sum, { serverToClient }) => sum + serverToClient.swallowed_bytes, 0);
}
