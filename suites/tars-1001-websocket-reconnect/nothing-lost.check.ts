/** Events under cuts: what is committed while connections and services are cut must reach every dashboard, once and in order. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { login, submit } from '../../fixtures/api-client.ts';
import { channelsOf, gather, socketUrl } from '../../fixtures/audience.ts';
import { CommitLedger, type LedgerEntry } from '../../fixtures/commit-ledger.ts';
import { compareDeliveries, countFlaws } from '../../fixtures/deliveries.ts';
import { type DashboardServices, dashboard } from '../../fixtures/stacks/dashboard.ts';
import type { Viewer } from '../../fixtures/viewer.ts';
import { check } from '../../harness/checks/check.ts';
import { FaultProxy } from '../../harness/network/proxy.ts';
import { WaitTimeoutError, waitUntil } from '../../harness/processes/wait.ts';
import { seededRandom } from '../../harness/random/random.ts';

const AGENTS = ['alpha', 'beta', 'gamma'] as const;
/** More than the promise's least number of samples, so that it is decided by what happens to them and not by their count. */
const EVENTS = 2_200;
const EVENTS_PER_S = 110;
const SUBMITTERS = 4;
/** How long a viewer that tries to come back may take before the next cut is made all the same. */
const LIVE_MS = 30_000;
/** How long after the last commit events may still arrive. */
const CATCH_UP_MS = 30_000;

/** A cut and how often the schedule holds it. What cuts no connection, the engine's death, is not counted as a cut. */
const SCHEDULE = { rst: 7, fin: 6, 'mid-frame': 6, vanish: 5, 'kill-api': 2, 'kill-engine': 6 } as const;
type Cut = keyof typeof SCHEDULE;

/** A viewer with a proxy of its own, so that it can be cut alone. */
interface Seat {
  readonly viewer: Viewer;
  readonly proxy: FaultProxy;
}

check(
  'tars-1001/events-under-cuts',
  {
    lane: 'functional',
    stack: dashboard,
    measures: { flaws: 'flaws' },
    facts: [
      'every submitted evaluation was committed',
      'at least 20 live connections were cut',
      'nothing arrived that was never committed',
      'no viewer was told of a gap',
    ],
    timeout_ms: 180_000,
  },
  async ({ stack, random, seed, signal, observe, fact }) => {
    const token = await login(stack, 'operator');
    const ledger = await CommitLedger.open(stack.postgresUrl);
    const seats: Seat[] = [];
    try {
      for (const agentId of [...AGENTS, ...AGENTS]) seats.push(await takeSeat(stack, token, agentId, random, signal));
      const t0 = new Date();
      // A stream of its own: how submissions and cuts interleave must not change which cuts are made.
      const flow = new Flow(stack, token, seededRandom(seed + 1), signal);
      const cuts = await makeCuts(stack, seats, random, signal);
      const submitted = await flow.finish();
      await committed(ledger, submitted);
      const due = await ledger.entries();
      const patience = AbortSignal.any([signal, AbortSignal.timeout(CATCH_UP_MS)]);
      await Promise.all(
        seats.map(({ viewer }) => viewer.until(() => viewer.over || isComplete(viewer, due), patience)),
      );

      const { flaws, unknown } = weigh(seats, due);
      const gaps = seats.flatMap(({ viewer }) => viewer.gaps);
      observe('flaws', flaws, { t0 });
      fact('no viewer was told of a gap', gaps.length === 0, `${gaps.length} gaps told`);
      fact(
        'every submitted evaluation was committed',
        due.length === submitted,
        `${due.length} committed, ${submitted} submitted`,
      );
      fact(
        'at least 20 live connections were cut',
        cuts.connections >= 20,
        `${cuts.connections}: ${cuts.made.join(' ')}`,
      );
      fact('nothing arrived that was never committed', unknown === 0, `${unknown} arrivals`);
    } finally {
      for (const { viewer, proxy } of seats) {
        viewer.close();
        await proxy.close();
      }
      await ledger.close();
    }
  },
);

/** Waits until all that was submitted is committed; what is not by then is for the facts to tell. */
async function committed(ledger: CommitLedger, submitted: number): Promise<void> {
  try {
    await waitUntil(`${submitted} evaluations to be committed`, async () => (await ledger.count()) >= submitted, {
      timeout_ms: CATCH_UP_MS,
      interval_ms: 100,
    });
  } catch (error) {
    if (!(error instanceof WaitTimeoutError)) throw error;
  }
}

async function takeSeat(
  stack: DashboardServices,
  token: string,
  agentId: string,
  random: () => number,
  signal: AbortSignal,
): Promise<Seat> {
  const { hostname: host, port } = new URL(stack.api.address);
  const proxy = await FaultProxy.start({ target: { host, port: Number(port) }, random });
  try {
    const [viewer] = await gather(stack, {
      url: socketUrl(`http://${proxy.host}:${proxy.port}`),
      token,
      agentId,
      count: 1,
      signal,
    });
    return { viewer: viewer as Viewer, proxy };
  } catch (error) {
    await proxy.close();
    throw error;
  }
}

/** Submits evaluations at an even rate until it is told to finish, and at least `EVENTS`. */
class Flow {
  #finishing = false;
  #submitted = 0;
  readonly #submitters: Promise<void>[];

  constructor(stack: DashboardServices, token: string, random: () => number, signal: AbortSignal) {
    const began = performance.now();
    const submitOne = async (): Promise<void> => {
      while (!this.#finishing || this.#submitted < EVENTS) {
        const due_ms = began + (this.#submitted * 1_000) / EVENTS_PER_S - performance.now();
        this.#submitted += 1;
        const agentId = AGENTS[Math.floor(random() * AGENTS.length)] ?? AGENTS[0];
        if (due_ms > 0) await delay(due_ms, undefined, { signal });
        const seed = Math.floor(random() * 2 ** 32);
        await submit(stack.api, token, { id: randomUUID(), agentId, region: 'us-east-1', episodes: 1, seed }, signal);
      }
    };
    this.#submitters = Array.from({ length: SUBMITTERS }, submitOne);
    // A submitter that fails before anybody waits for it must not end the process; `finish` tells.
    for (const submitter of this.#submitters) submitter.catch(() => {});
  }

  /** @returns how many were accepted */
  async finish(): Promise<number> {
    this.#finishing = true;
    await Promise.all(this.#submitters);
    return this.#submitted;
  }
}

/** Makes every cut of the schedule in a random order, each on a viewer that is live if it can be. */
async function makeCuts(stack: DashboardServices, seats: readonly Seat[], random: () => number, signal: AbortSignal) {
  const order = shuffle(
    Object.entries(SCHEDULE).flatMap(([cut, count]) => new Array<Cut>(count).fill(cut as Cut)),
    random,
  );
  let connections = 0;
  for (const [index, cut] of order.entries()) {
    const seat = seats[index % seats.length] as Seat;
    await seat.viewer.until(
      () => seat.viewer.live || seat.viewer.over,
      AbortSignal.any([signal, AbortSignal.timeout(LIVE_MS)]),
    );
    await delay(100 + random() * 400, undefined, { signal });
    if (cut !== 'kill-engine' && seat.viewer.live) connections += 1;
    await make(cut, stack, seat.proxy, random, signal);
  }
  return { made: order, connections };
}

async function make(
  cut: Cut,
  { api, engine }: DashboardServices,
  proxy: FaultProxy,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  switch (cut) {
    case 'rst':
    case 'fin':
      return proxy.apply({ kind: 'cut', how: cut });
    case 'mid-frame':
      for (const connection of proxy.connections) {
        connection.apply({
          kind: 'cut-after',
          bytes: 1 + Math.floor(random() * 700),
          direction: 'server-to-client',
          how: 'rst',
        });
      }
      return;
    case 'vanish':
      // Events vanish on the way for a moment before the connection does: only a replay can bring them back.
      for (const connection of proxy.connections)
        connection.apply({ kind: 'swallow', direction: 'server-to-client', permanent: true });
      await delay(300, undefined, { signal });
      return proxy.apply({ kind: 'cut', how: 'rst' });
    case 'kill-api':
      await api.kill();
      return api.start();
    case 'kill-engine':
      await engine.kill();
      return engine.start();
  }
}

function dueOn(channel: string, due: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return channel === 'evaluations' ? due : due.filter((entry) => channel === channelsOf(entry.agentId)[1]);
}

/** Whether as much has arrived as was due; which, and in what order, is for `weigh`. */
function isComplete(viewer: Viewer, due: readonly LedgerEntry[]): boolean {
  return viewer.channels.every((channel) => (viewer.received.get(channel)?.length ?? 0) >= dueOn(channel, due).length);
}

/** For each committed event, what was wrong with it over all viewers and channels it was due to. */
function weigh(seats: readonly Seat[], due: readonly LedgerEntry[]): { flaws: number[]; unknown: number } {
  const flaws = new Map(due.map((entry) => [entry.id, 0]));
  let unknown = 0;
  for (const { viewer } of seats) {
    for (const [channel, received] of viewer.received) {
      const expected = dueOn(channel, due);
      const comparison = compareDeliveries(expected, received);
      unknown += comparison.unknown;
      for (const [index, entry] of expected.entries()) {
        const own = comparison.flaws[index];
        if (own !== undefined) flaws.set(entry.id, (flaws.get(entry.id) ?? 0) + countFlaws(own));
      }
    }
  }
  return { flaws: [...flaws.values()], unknown };
}

/** Fisher-Yates. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}
