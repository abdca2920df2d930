/** Connections that end without a word: half-open ones, and those that a device on the path ends for being idle. */
import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { login, submit } from '../../fixtures/api-client.ts';
import { channelsMissing, gatherBehindProxy } from '../../fixtures/audience.ts';
import { requirePunctual } from '../../fixtures/crowd/punctual.ts';
import { longToken } from '../../fixtures/long-token.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import type { Viewer } from '../../fixtures/viewer.ts';
import { check } from '../../harness/checks/check.ts';
import type { FaultProxy } from '../../harness/network/proxy.ts';
import { pause, realTimings } from '../../harness/network/timings.ts';
import { forkRandom } from '../../harness/random/random.ts';

const AGENT = 'silence';

/** Which way nothing passes any more. In the other one everything still does. */
const SILENCES = ['both', 'server-to-client', 'client-to-server'] as const;
/** Of each silence: cut off in waves, so that they stand at different places of their ping interval. */
const WAVE = 20;
/** When each wave falls silent: before its first ping, and from `standard` on also when it has had a pong. */
const WAVES_MS = {
  smoke: [0],
  standard: [0, 9_000, 18_000, 27_000, 36_000],
  nightly: [0, 9_000, 18_000, 27_000, 36_000],
} as const;
/** Longer than the limit by what a loaded machine's timers are late. */
const WATCH_MS = 66_000;
/** The promise's. */
const FOUND_WITHIN_MS = 60_000;
/** The client means to know after 59 s. Who is held up for longer than the rest finds out late by no fault of the client. */
const LAG_MS_MAX = 1_000;
const RETURN_MS = 30_000;

check(
  'tars-1001/silent-drop',
  {
    lane: 'waiting',
    stack: dashboard,
    measures: { silent_ms: 'ms' },
    facts: [
      'no client was dropped before it fell silent',
      'every client that found it out is back within 30 s, with its channels',
      'no client was told of a gap',
    ],
    timeout_ms: 240_000,
  },
  async ({ stack, random, profile, signal, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    const token = await login(stack, 'operator');
    const waves = SILENCES.flatMap((direction) =>
      WAVES_MS[profile].map((after_ms) => ({ direction, after_ms, random: forkRandom(random) })),
    );
    const common = { token, agentId: AGENT, signal };
    const begun = await Promise.all(
      waves.map((wave) => gatherBehindProxy(stack, { ...wave, ...common, count: WAVE }, ends)),
    );
    // The last frame of most is an event, and not an answer to them.
    const commit = () => submit(stack.api, token, evaluation(), signal);
    await commit();
    const lag = monitorEventLoopDelay();
    lag.enable();
    const seen = await Promise.all(
      begun.map(async ({ viewers, proxy }, index) => {
        const { direction, after_ms } = waves[index] as (typeof waves)[number];
        await pause(realTimings, after_ms, signal);
        const early = viewers.reduce((sum, viewer) => sum + viewer.drops, 0);
        for (const connection of proxy.connections) connection.apply({ kind: 'swallow', direction, permanent: true });
        return { early, silences: await Promise.all(viewers.map((viewer) => silence(viewer, signal))) };
      }),
    );
    lag.disable();
    signal.throwIfAborted();
    // To be held up can only make a silence longer: it takes nothing from those that ended in time, or never.
    const isLate = seen.some(({ silences }) => silences.some(({ ms, isFound }) => isFound && ms > FOUND_WITHIN_MS));
    if (isLate) requirePunctual("the turns of the clients' process", [lag.max / 1e6], LAG_MS_MAX);
    const t0 = new Date();
    for (const { silences } of seen) {
      const silent_ms = silences.map(({ ms }) => ms);
      observe('silent_ms', silent_ms, { t0 });
    }
    const early = seen.reduce((sum, wave) => sum + wave.early, 0);
    fact('no client was dropped before it fell silent', early === 0, `${early} drops`);

    const viewers = begun.flatMap((wave) => wave.viewers);
    const patience = AbortSignal.any([signal, AbortSignal.timeout(RETURN_MS)]);
    await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.live || viewer.over, patience)));
    const missing = await channelsMissing(stack, viewers, { token, agentId: AGENT, patience_ms: 10_000, signal });
    const without = missing.filter((channels) => channels > 0).length;
    fact(
      'every client that found it out is back within 30 s, with its channels',
      without === 0,
      `${without} of ${viewers.length} without`,
    );
    const gaps = viewers.reduce((sum, viewer) => sum + viewer.gaps.length, 0);
    fact('no client was told of a gap', gaps === 0, `${gaps} gaps told`);
  },
);

/**
 * How long the viewer has heard nothing when it gives its connection up, in ms; when it does not within the watch, how long
 * it has heard nothing then, which is longer than the limit.
 */
async function silence(
  viewer: Viewer,
  signal: AbortSignal,
): Promise<{ readonly ms: number; readonly isFound: boolean }> {
  const drops = viewer.drops;
  const patience = AbortSignal.any([signal, AbortSignal.timeout(WATCH_MS)]);
  const isFound = await viewer.until(() => viewer.drops > drops, patience);
  return { ms: performance.now() - viewer.lastFrame_ms, isFound };
}

/**
 * What a device on the path does to a connection on which nothing passes for its idle time-out. The ticket has 5 to 10 min.
 * `rst`: Azure Load Balancer with TCP reset on idle (learn.microsoft.com, "Load Balancer TCP Reset and Idle Timeout").
 * `silence`: the same without it; AWS Network Load Balancer forgets the flow after 350 s and says so only to who sends
 * (aws.amazon.com, "Introducing NLB TCP configurable idle timeout"). `fin`: a proxy that ends both sides in order, as nginx does.
 */
const IDLE_PATHS = [
  { how: 'rst', timeout_ms: 300_000 },
  { how: 'silence', timeout_ms: 350_000 },
  { how: 'fin', timeout_ms: 600_000 },
] as const;
const IDLE_CLIENTS = 12;
/** The plan: a dashboard that is idle for 15 min. */
const SPELL_MS = 900_000;
/** By what the path's time-outs, the spell and the client's heartbeat are divided. */
const FACTOR = { smoke: 20, standard: 20, nightly: 1 } as const;

check(
  'tars-1001/idle-path',
  {
    lane: 'waiting',
    stack: dashboard,
    measures: { idle_ends: 'connections' },
    facts: ['no client lost its connection', 'after the idle spell an event reached every client'],
    timeout_ms: 1_100_000,
  },
  async ({ stack, random, profile, signal, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    const factor = FACTOR[profile];
    const timings = { pingInterval_ms: 30_000 / factor, ...(factor === 1 ? {} : { pongTimeout_ms: 30_000 / factor }) };
    const token = await longToken(stack, 'operator');
    const groups = await Promise.all(
      IDLE_PATHS.map(async ({ how, timeout_ms }) => {
        const options = { random: forkRandom(random), token, agentId: AGENT, count: IDLE_CLIENTS, timings, signal };
        const group = await gatherBehindProxy(stack, options, ends);
        await group.proxy.apply({ kind: 'idle', how, ms: timeout_ms / factor });
        return group;
      }),
    );
    const t0 = new Date();
    await pause(realTimings, SPELL_MS / factor, signal);
    signal.throwIfAborted();
    const viewers = groups.flatMap((group) => group.viewers);
    const lost = viewers.filter((viewer) => viewer.drops > 0).length;
    for (const { proxy } of groups) observe('idle_ends', idleEnds(proxy), { t0, ...(factor === 1 ? {} : { factor }) });
    fact('no client lost its connection', lost === 0, `${lost} of ${viewers.length}`);
    const missing = await channelsMissing(stack, viewers, { token, agentId: AGENT, patience_ms: 10_000, signal });
    const without = missing.filter((channels) => channels > 0).length;
    fact(
      'after the idle spell an event reached every client',
      without === 0,
      `${without} of ${viewers.length} without`,
    );
  },
);

/** For each connection that the proxy has carried, 1 when it was ended or forgotten for being idle. */
function idleEnds(proxy: FaultProxy): number[] {
  const ended = new Set(
    proxy.log
      .filter((entry) => entry.event === 'silenced' || (entry.event === 'cut' && entry.because === 'idle'))
      .map(({ connection }) => connection),
  );
  return proxy.snapshot().connections.map(({ id }) => (ended.has(id) ? 1 : 0));
}

function evaluation() {
  return { id: randomUUID(), agentId: AGENT, region: 'us-east-1', episodes: 1, seed: 1 };
}
