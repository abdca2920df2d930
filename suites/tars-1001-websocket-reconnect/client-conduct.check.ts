/**
 * The client in the hands of a page that does what pages do: closes at a bad moment, hears that the network is back,
 * resubscribes from inside a handler. Each fact is a fault that another client had, and is named after its report.
 */
import { randomUUID } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { login, submit } from '../../fixtures/api-client.ts';
import { socketUrl } from '../../fixtures/audience.ts';
import { CommandedProcess } from '../../fixtures/crowd/commanded-process.ts';
import type { HookCommands } from '../../fixtures/crowd/hook-child.ts';
import { forgeToken } from '../../fixtures/forged-token.ts';
import { type RecordedSocket, SocketRecord } from '../../fixtures/recorded-sockets.ts';
import { type DashboardServices, dashboard } from '../../fixtures/stacks/dashboard.ts';
import { check } from '../../harness/checks/check.ts';
import { FaultProxy } from '../../harness/network/proxy.ts';
import type { ReaperConnection } from '../../harness/processes/reaper.ts';
import { WaitTimeoutError, waitUntil } from '../../harness/processes/wait.ts';
import type { ConnectionState, DashboardEvent, EventClient, EventClientOptions } from '../../impl/release-parts.ts';
import { releases } from '../../impl/releases.ts';
import { pageEnvironment } from '../../impl/websocket/environment.ts';

/** For one thing to happen, on however busy a machine. */
const PATIENCE_MS = 20_000;
const PAGE_EVENTS = ['online', 'offline', 'pageshow', 'visibilitychange'];

const FACTS = {
  closed: 'closed while it waits to come back, it opens no socket any more (sockette#46)',
  teardown:
    'closed or connected by a handler that hears of the loss, it does so, a socket at a time (centrifuge-js#391)',
  online: 'told during an attempt that the network is back, it goes on with the one socket (tutanota#1294)',
  listeners: 'it listens to the page while it lives, and once closed not any more (centrifuge-js#389)',
  resubscribe: 'a handler that resubscribes gets every event once (centrifuge-js#425)',
  late: 'an old event that comes again late does not move it back (centrifuge-go#150)',
  since: 'each connection asks from where the last one had got to (trpc#4122)',
  refused: 'a token that is refused twice ends it (rapidpro#6836)',
  strict: 'under React’s StrictMode and with other channels the page keeps its one socket (partykit#335)',
} as const;

check(
  'tars-1001/client-conduct',
  { lane: 'functional', stack: dashboard, arms: ['candidate'], facts: Object.values(FACTS), timeout_ms: 180_000 },
  async ({ stack, reaper, signal, fact }) => {
    const scene = { stack, token: await login(stack, 'operator'), signal };
    const seen = await Promise.all([
      lossHeard(scene),
      networkBack(scene),
      resubscribing(scene),
      lateReplay(scene),
      positions(scene),
      tokenRefused(scene),
      underStrictMode(scene, reaper),
    ]);
    for (const [name, [holds, evidence]] of seen.flatMap((part) => Object.entries(part)))
      fact(FACTS[name as keyof typeof FACTS], holds, evidence);
  },
);

/** Whether it holds, and what was seen. */
type Seen = readonly [holds: boolean, evidence: string];

interface Scene {
  readonly stack: DashboardServices;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** A client of the candidate, its sockets, and what it was told. */
class Subject {
  readonly record: SocketRecord;
  readonly client: EventClient;
  readonly states: ConnectionState[] = [];
  readonly errors: string[] = [];

  constructor(
    { stack, token }: Scene,
    options: Partial<EventClientOptions> & Pick<EventClientOptions, 'url'>,
    record = new SocketRecord(),
  ) {
    this.record = record;
    this.client = releases[stack.release].websocket.createEventClient({
      token: () => token,
      WebSocket: record.WebSocket,
      ...options,
    });
    this.client.on('state', (state) => this.states.push(state));
    this.client.on('error', ({ message }) => this.errors.push(message));
  }

  get told(): string {
    const { length } = this.record.sockets;
    return `${length} sockets, at most ${this.record.mostAtOnce} at once; ${this.states.join(' ')}`;
  }
}

async function proxyTo({ stack }: Scene): Promise<FaultProxy> {
  const { hostname: host, port } = new URL(stack.api.address);
  return FaultProxy.start({ target: { host, port: Number(port) } });
}

const urlBy = (proxy: FaultProxy) => socketUrl(`http://${proxy.host}:${proxy.port}`);

async function connected({ signal }: Scene, subject: Subject): Promise<void> {
  const isConnected = () => subject.client.state === 'connected';
  await waitUntil('a client to be connected', isConnected, { timeout_ms: PATIENCE_MS, signal });
}

/** False when it was waited for in vain: what was seen last counts. */
async function becomes({ signal }: Scene, what: string, condition: () => boolean): Promise<boolean> {
  try {
    await waitUntil(what, condition, { timeout_ms: PATIENCE_MS, interval_ms: 20, signal });
    return true;
  } catch (error) {
    if (error instanceof WaitTimeoutError) return false;
    throw error;
  }
}

/** Four clients lose their connection at the same moment; the witness would be the last to come back. */
async function lossHeard(scene: Scene): Promise<Record<'closed' | 'teardown', Seen>> {
  await using proxy = await proxyTo(scene);
  const timings = { backoffBase_ms: 500, backoffCap_ms: 500 };
  const subject = (share: number) => new Subject(scene, { url: urlBy(proxy), timings, random: () => share });
  const [closed, closing, connecting, witness] = [subject(0.5), subject(0.5), subject(0.5), subject(0.99)];
  const all = [closed, closing, connecting, witness];
  try {
    closing.client.on('state', (state) => state === 'reconnecting' && closing.client.close());
    connecting.client.on('state', (state) => state === 'reconnecting' && connecting.client.connect());
    const waits = Promise.withResolvers<void>();
    closed.client.on('state', (state) => state === 'reconnecting' && waits.resolve());
    for (const { client } of all) client.connect();
    await Promise.all(all.map((one) => connected(scene, one)));
    const closes = waits.promise.then(() => closed.client.close());
    await proxy.apply({ kind: 'cut', how: 'rst' });
    await closes;
    await becomes(scene, 'the witness to be back', () => witness.record.sockets.length > 1);
    await Promise.all([connected(scene, witness), connected(scene, connecting)]);
    const isAlone = (one: Subject) => one.record.sockets.length === 1 && one.client.state === 'closed';
    return {
      closed: [isAlone(closed), closed.told],
      teardown: [
        isAlone(closing) && connecting.record.mostAtOnce === 1,
        `closed: ${closing.told}; connected: ${connecting.told}`,
      ],
    };
  } finally {
    for (const { client } of all) client.close();
  }
}

/** An attempt that nobody answers is under way when the page hears, three times over, that the network is back. */
async function networkBack(scene: Scene): Promise<Record<'online' | 'listeners', Seen>> {
  await using proxy = await proxyTo(scene);
  const page = Object.assign(new EventTarget(), {
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  });
  const listeners = () =>
    PAGE_EVENTS.flatMap((type) => [...getEventListeners(page, type), ...getEventListeners(page.document, type)]).length;
  const subject = new Subject(scene, {
    url: urlBy(proxy),
    timings: { backoffBase_ms: 50, backoffCap_ms: 200, connectTimeout_ms: 2_000 },
    random: () => 0.5,
    environment: pageEnvironment(page),
  });
  const { client, record } = subject;
  try {
    client.connect();
    await connected(scene, subject);
    const listening = listeners();
    await proxy.outage({ how: 'silence', current: 'rst' });
    await becomes(scene, 'an attempt', () => record.sockets.length > 1);
    for (let n = 0; n < 3; n += 1) page.dispatchEvent(new Event('online'));
    // Longer than an attempt of its own would have waited: the first one has timed out, and another follows it.
    await becomes(scene, 'the next attempt', () => record.sockets.length > 2);
    await proxy.restore();
    await connected(scene, subject);
    client.close();
    return {
      online: [record.mostAtOnce === 1, subject.told],
      listeners: [listening === PAGE_EVENTS.length && listeners() === 0, `${listening}, then ${listeners()}`],
    };
  } finally {
    client.close();
  }
}

/** Commits evaluations of an agent that is nobody else's. */
function commit({ stack, token, signal }: Scene, agentId: string): Promise<void> {
  return submit(stack.api, token, { id: randomUUID(), agentId, region: 'us-east-1', episodes: 1, seed: 1 }, signal);
}

const offsetsOf = ({ received }: RecordedSocket) =>
  received.flatMap((frame) => (frame.type === 'event' ? [frame.offset ?? Number.NaN] : []));
const idOf = ({ payload }: DashboardEvent) => (payload as { id: string }).id;

/** Its handler leaves the channel and joins it again at each event, at the first one while others wait. */
async function resubscribing(scene: Scene): Promise<Record<'resubscribe', Seen>> {
  const [agentId, events] = ['resubscribing', 8];
  const subject = new Subject(scene, { url: socketUrl(scene.stack.api.address) });
  const { client, record } = subject;
  const got: string[] = [];
  const haveCome = Promise.withResolvers<void>();
  const handler = async (event: DashboardEvent) => {
    got.push(idOf(event));
    await haveCome.promise;
    leave();
    leave = client.subscribe(`agents/${agentId}`, handler);
  };
  let leave = client.subscribe(`agents/${agentId}`, handler);
  try {
    const subscribed = Promise.withResolvers<void>();
    client.on('subscribed', () => subscribed.resolve());
    client.connect();
    await subscribed.promise;
    for (let n = 0; n < events - 1; n += 1) await commit(scene, agentId);
    const came = () => record.sockets.reduce((sum, one) => sum + offsetsOf(one).length, 0);
    await becomes(scene, 'all but one event', () => came() >= events - 1);
    haveCome.resolve();
    await becomes(scene, 'the events to be handled', () => got.length >= events - 1);
    await commit(scene, agentId);
    await becomes(scene, 'the last event', () => got.length >= events);
    const { size } = new Set(got);
    return { resubscribe: [got.length === events && size === events, `${got.length} told, ${size} of ${events}`] };
  } finally {
    client.close();
  }
}

/** The first event comes once more right before the fourth one. */
async function lateReplay(scene: Scene): Promise<Record<'late', Seen>> {
  const [agentId, events] = ['late-replay', 6];
  const record = new SocketRecord(({ socket, received }) => {
    const come = received.filter(({ type }) => type === 'event');
    if (come.length === 4) socket.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(come[0]) }));
  });
  const subject = new Subject(scene, { url: socketUrl(scene.stack.api.address) }, record);
  const { client } = subject;
  const got: string[] = [];
  try {
    const subscribed = Promise.withResolvers<void>();
    client.on('subscribed', () => subscribed.resolve());
    client.subscribe(`agents/${agentId}`, (event) => void got.push(idOf(event)));
    client.connect();
    await subscribed.promise;
    for (let n = 0; n < events; n += 1) await commit(scene, agentId);
    await becomes(scene, 'all events', () => new Set(got).size >= events);
    const asked = record.sockets.flatMap(({ sent }) => sent).filter(({ type }) => type === 'subscribe').length;
    const holds = got.length === events && asked === 1;
    return { late: [holds, `${got.length} told of ${events}, the channel asked for ${asked} times`] };
  } finally {
    client.close();
  }
}

/** Two events on each of four connections. */
async function positions(scene: Scene): Promise<Record<'since', Seen>> {
  const [agentId, connections] = ['positions', 4];
  await using proxy = await proxyTo(scene);
  const subject = new Subject(scene, {
    url: urlBy(proxy),
    timings: { backoffBase_ms: 50, backoffCap_ms: 50 },
  });
  const { client, record } = subject;
  try {
    let [subscribed, events] = [0, 0];
    client.on('subscribed', () => {
      subscribed += 1;
    });
    client.subscribe(`agents/${agentId}`, () => {
      events += 1;
    });
    client.connect();
    for (let connection = 1; connection <= connections; connection += 1) {
      await becomes(scene, 'the channel', () => subscribed >= connection);
      for (let n = 0; n < 2; n += 1) await commit(scene, agentId);
      await becomes(scene, 'its events', () => events >= 2 * connection);
      if (connection < connections) await proxy.apply({ kind: 'cut', how: 'rst' });
    }
    const asked = record.sockets.flatMap(({ sent }) =>
      sent.flatMap((frame) => (frame.type === 'subscribe' ? [frame.since?.offset ?? 0] : [])),
    );
    const got = record.sockets.map((one) => Math.max(0, ...offsetsOf(one)));
    const due = [0, ...got.slice(0, -1)];
    return {
      since: [asked.join() === due.join() && asked.length === connections, `${asked.join()}; due ${due.join()}`],
    };
  } finally {
    client.close();
  }
}

async function tokenRefused(scene: Scene): Promise<Record<'refused', Seen>> {
  const token = forgeToken({ secret: 'not the server’s', claims: { sub: 'forged', role: 'viewer' } });
  const refusals: boolean[] = [];
  const subject = new Subject(scene, {
    url: socketUrl(scene.stack.api.address),
    timings: { backoffBase_ms: 50, backoffCap_ms: 50 },
    token: ({ refused }) => {
      refusals.push(refused);
      return token;
    },
  });
  const { client, record } = subject;
  try {
    client.connect();
    await becomes(scene, 'it to give up', () => client.state === 'closed' || record.sockets.length > 4);
    const holds = client.state === 'closed' && refusals.join() === 'false,true';
    return {
      refused: [holds, `${subject.told}; asked for a token with refused ${refusals.join()}; ${subject.errors.at(-1)}`],
    };
  } finally {
    client.close();
  }
}

async function underStrictMode(scene: Scene, reaper: ReaperConnection): Promise<Record<'strict', Seen>> {
  await using proxy = await proxyTo(scene);
  const page = await CommandedProcess.start<HookCommands>({
    name: 'page-under-development',
    program: join(import.meta.dirname, '../../fixtures/crowd/hook-child.ts'),
    environment: { ...scene.stack.planted, NODE_ENV: 'development' },
    reaper,
  });
  try {
    const waiting = { timeout_ms: PATIENCE_MS, signal: scene.signal };
    const connection = { url: urlBy(proxy), token: scene.token };
    await page.call('render', { ...connection, channels: ['evaluations'] }, waiting);
    await page.call(
      'render',
      { ...connection, channels: ['agents/strict', 'evaluations', 'agents/strict-too'] },
      waiting,
    );
    const { accepted } = proxy.snapshot();
    await page.call('unmount', undefined, waiting);
    const isGone = await becomes(scene, 'the socket to be gone', () => proxy.snapshot().open === 0);
    const left = proxy.snapshot();
    const holds = accepted === 1 && left.accepted === 1 && isGone;
    return {
      strict: [holds, `${accepted} sockets, after the page was gone ${left.accepted}, ${left.open} of them open`],
    };
  } finally {
    await page.stop();
  }
}
