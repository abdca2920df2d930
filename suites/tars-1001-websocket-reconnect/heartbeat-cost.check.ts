/** What a connection costs while nothing happens on it: the page that has a client, and the server that has a thousand. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { login } from '../../fixtures/api-client.ts';
import { channelsOf, socketUrl } from '../../fixtures/audience.ts';
import { CommandedProcess } from '../../fixtures/crowd/commanded-process.ts';
import { Crowd } from '../../fixtures/crowd/crowd.ts';
import type { PageCommands } from '../../fixtures/crowd/page-child.ts';
import { processorTime_ms, residentMemory_bytes } from '../../fixtures/processor-time.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import { check } from '../../harness/checks/check.ts';

/** After everybody has come: what coming costs is not what staying costs. */
const SETTLE_MS = 5_000;
/** Two heartbeats of each client. */
const IDLE_MS = 60_000;
/** Processes with a client, and as many without. */
const PAGES = 5;
const ANSWER_MS = 30_000;
const CLIENTS = 1_000;
/** The server alone, with nobody connected. */
const ALONE_MS = 15_000;

const NONE_ENDED = 'no service ended by itself';
const options = {
  lane: 'waiting',
  stack: dashboard,
  from: 'standard',
  arms: ['candidate'],
  timeout_ms: 240_000,
} as const;

check(
  'tars-1001/heartbeat-in-a-page',
  { ...options, measures: { page_cpu_share: 'share', page_added_bytes: 'bytes' }, facts: [NONE_ENDED] },
  async ({ stack, reaper, signal, observe, fact }) => {
    const program = join(import.meta.dirname, '../../fixtures/crowd/page-child.ts');
    const processes = await CommandedProcess.startAll<PageCommands>(
      Array.from({ length: 2 * PAGES }, (_, index) => {
        return { name: `page-${index}`, program, environment: stack.planted, reaper };
      }),
    );
    await using ends = new AsyncDisposableStack();
    ends.defer(() => Promise.all(processes.map((page) => page.stop())).then(() => {}));
    const [withClient, without] = [processes.slice(0, PAGES), processes.slice(PAGES)];
    const token = await login(stack, 'viewer');
    const waiting = { timeout_ms: ANSWER_MS, signal };
    const connection = { release: stack.release, url: socketUrl(stack.api.address), token, channel: 'evaluations' };
    await Promise.all(withClient.map((page) => page.call('connect', connection, waiting)));
    await delay(SETTLE_MS, undefined, { signal });

    const t0 = new Date();
    const idle = (page: CommandedProcess<PageCommands>) =>
      over(IDLE_MS, () => page.call('usage', undefined, waiting), signal);
    const [pages, empty] = await Promise.all([Promise.all(withClient.map(idle)), Promise.all(without.map(idle))]);
    const pairs = pages.map((page, index) => [page, empty[index] as Spent] as const);
    observe(
      'page_cpu_share',
      pairs.map(([page, none]) => page.cpuShare - none.cpuShare),
      { t0 },
    );
    observe(
      'page_added_bytes',
      pairs.map(([page, none]) => page.rss_bytes - none.rss_bytes),
      { t0 },
    );
    fact(NONE_ENDED, stack.api.ownEnds.length === 0, stack.api.ownEnds.join(', '));
  },
);

const ALL_STAYED = 'no client lost its connection, or was told of a gap';

check(
  'tars-1001/heartbeat-at-the-server',
  { ...options, measures: { server_cpu_share: 'share', server_bytes_each: 'bytes' }, facts: [ALL_STAYED, NONE_ENDED] },
  async ({ stack, reaper, signal, observe, fact }) => {
    const spent = async () => ({
      cpu_ms: await processorTime_ms(stack.api),
      rss_bytes: await residentMemory_bytes(stack.api),
    });
    const alone = await over(ALONE_MS, spent, signal);
    const channels = channelsOf('idle');
    const crowd = await Crowd.gather(stack, { count: CLIENTS, processes: 2, channels, reaper, signal });
    await using ends = new AsyncDisposableStack();
    ends.defer(() => crowd.disperse());
    await delay(SETTLE_MS, undefined, { signal });

    const t0 = new Date();
    const idle = await over(IDLE_MS, spent, signal);
    observe('server_cpu_share', [idle.cpuShare - alone.cpuShare], { t0 });
    observe('server_bytes_each', [(idle.rss_bytes - alone.rss_bytes) / CLIENTS], { t0 });
    const { members } = await crowd.report();
    const troubled = members.filter(({ drops, gaps, live }) => drops > 0 || gaps > 0 || !live).length;
    fact(ALL_STAYED, troubled === 0, `${troubled} of ${CLIENTS}`);
    fact(NONE_ENDED, stack.api.ownEnds.length === 0, stack.api.ownEnds.join(', '));
  },
);

/** What a process spent over a time. */
interface Spent {
  /** Of one core. */
  readonly cpuShare: number;
  /** At the end. */
  readonly rss_bytes: number;
}

async function over(
  time_ms: number,
  usage: () => Promise<{ readonly cpu_ms: number; readonly rss_bytes: number }>,
  signal: AbortSignal,
): Promise<Spent> {
  const before = await usage();
  const began_ms = performance.now();
  await delay(time_ms, undefined, { signal });
  const { cpu_ms, rss_bytes } = await usage();
  return { cpuShare: (cpu_ms - before.cpu_ms) / (performance.now() - began_ms), rss_bytes };
}
