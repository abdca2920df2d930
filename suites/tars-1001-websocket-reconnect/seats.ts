/** Viewers each behind a proxy of their own, so that one can be cut alone; and what cuts did to them, as counted by those who saw it. */
import { setTimeout as delay } from 'node:timers/promises';
import { gatherBehindProxy } from '../../fixtures/audience.ts';
import type { DashboardServices } from '../../fixtures/stacks/dashboard.ts';
import type { DashboardOnOwnRedis } from '../../fixtures/stacks/dashboard-own-redis.ts';
import type { Viewer } from '../../fixtures/viewer.ts';
import type { FaultProxy } from '../../harness/network/proxy.ts';
import { WaitTimeoutError, waitUntil } from '../../harness/processes/wait.ts';
import type { PlannedCut } from './cut-plan.ts';

export interface Seat {
  readonly viewer: Viewer;
  readonly proxy: FaultProxy;
}

/** How long a viewer that tries to come back may take before the next cut is made all the same. */
const LIVE_MS = 30_000;
/** How long the first byte that vanishes is waited for. */
const VANISH_MS = 5_000;
/** How long the next connection of a client is waited for. */
const NEXT_MS = 16_000;

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
  const { proxy, viewers } = await gatherBehindProxy(services, { ...options, count: 1 }, stack);
  return { viewer: viewers[0] as Viewer, proxy };
}

/** Resolves when each viewer is back, or has given up, or has had 30 s for it. */
export async function settle(seats: readonly Seat[], signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(LIVE_MS)]);
  await Promise.all(seats.map(({ viewer }) => viewer.until(() => viewer.live || viewer.over, patience)));
}

/** Makes cuts, one after the other, and keeps what only the moment of the cut shows. */
export class Cutter {
  readonly #services: DashboardOnOwnRedis;
  readonly #seats: readonly Seat[];
  readonly #signal: AbortSignal;
  readonly #made = new Map<string, number>();
  #turn = 0;
  #liveAtEndsOfApi = 0;
  #endsOfApiThatHit = 0;
  #dropsByRedis = 0;
  #endsOfRedisThatHit = 0;

  constructor(services: DashboardOnOwnRedis, seats: readonly Seat[], signal: AbortSignal) {
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
   * beside the ends of dashboard-api and Redis; an end of one of these is one, however many viewers it hits.
   */
  get hits(): number {
    const ofProxies = Math.max(0, this.#drops - this.#liveAtEndsOfApi - this.#dropsByRedis);
    return Math.min(this.#proxyCuts, ofProxies) + this.#endsOfApiThatHit + this.#endsOfRedisThatHit;
  }

  /** What was made, and what it did. */
  get evidence(): string {
    const made = [...this.#made].map(([cut, count]) => `${count} ${cut}`).join(', ');
    return `${this.#drops} live connections lost by viewers; ${this.#proxyCuts} cut in proxies (${this.#proxyCutsByKind}), ${this.#liveAtEndsOfApi} live at ${this.#endsOfApiThatHit} ends of dashboard-api, ${this.#dropsByRedis} lost at ${this.#endsOfRedisThatHit} ends of Redis; ${this.#vanished_bytes} bytes vanished; made: ${made}`;
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
    const { api, engine, redis } = this.#services;
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
      case 'mute':
        return this.#mute(proxy);
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
      case 'kill-redis': {
        const before = this.#drops;
        await redis.kill();
        await redis.start();
        await settle(this.#seats, this.#signal);
        const drops = this.#drops - before;
        this.#dropsByRedis += drops;
        if (drops > 0) this.#endsOfRedisThatHit += 1;
      }
    }
  }

  /** Only a replay can bring back what vanished on the way before the connection did. */
  async #vanish(proxy: FaultProxy): Promise<void> {
    if (proxy.connections.length === 0) return;
    const before_bytes = vanished_bytes(proxy);
    for (const connection of proxy.connections)
      connection.apply({ kind: 'swallow', direction: 'server-to-client', permanent: true });
    // If nothing was on its way, the evidence has the bytes.
    await this.#patiently('an event to vanish', () => vanished_bytes(proxy) > before_bytes, VANISH_MS);
    return proxy.apply({ kind: 'cut', how: 'rst' });
  }

  /** A client that is never acknowledged must not wait for ever (apollographql/subscriptions-transport-ws#135). */
  async #mute(proxy: FaultProxy): Promise<void> {
    if (proxy.connections.length === 0) return;
    const { accepted } = proxy.snapshot();
    await proxy.apply({ kind: 'swallow', direction: 'client-to-server', permanent: true });
    await proxy.apply({ kind: 'cut', how: 'rst' });
    await this.#patiently('the next connection', () => proxy.snapshot().accepted > accepted, NEXT_MS);
    // It stays so on the connections that have met it.
    return proxy.apply({ kind: 'heal', of: ['swallow'], direction: 'client-to-server' });
  }

  /** Waits until the condition holds, and no longer than `timeout_ms`. */
  async #patiently(name: string, condition: () => boolean, timeout_ms: number): Promise<void> {
    try {
      await waitUntil(name, condition, { timeout_ms, interval_ms: 10, signal: this.#signal });
    } catch (error) {
      if (!(error instanceof WaitTimeoutError)) throw error;
    }
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
