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

const AGENT = 'idle';
const CLIENTS = 1_000;
/** Processes with a client, and as many without. */
const PAGES = 5;
/** The server alone, with nobody connected. */
const ALONE_MS = 15_000;
/** After everybody has come: what coming costs is not what staying costs. */
const SETTLE_MS = 5_000;
/** Two heartbeats of each client. */
const IDLE_MS = 60_000;
const ANSWER_MS = 30_000;

check(
  'tars-1001/heartbeat-cost',
  {
    lane: 'waiting',
    stack: dashboard,
    from: 'standard',
    arms: ['candidate'],
    measures: {
      page_cpu_share: 'share',
      page_added_bytes: 'bytes',
      server_cpu_share: 'share',
      server_bytes_each: 'bytes',
    },
    facts: ['no client lost its connection, or was told of a gap', 'no service ended by itself'],
    timeout_ms: 240_000,
  },
  async ({ stack, reaper, signal, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    const server = async () => ({
      cpu_ms: await processorTime_ms(stack.api),
      rss_bytes: await residentMemory_bytes(stack.api),
    });
    const alone = await over(ALONE_MS, server, signal);

    const crowd = await Crowd.gather(stack, {
      count: CLIENTS,
      processes: 2,
      channels: channelsOf(AGENT),
      reaper,
      signal,
    });
    ends.defer(() => crowd.disperse());
    const program = join(import.meta.dirname, '../../fixtures/crowd/page-child.ts');
    const pageProcesses = await CommandedProcess.startAll<PageCommands>(
      Array.from({ length: 2 * PAGES }, (_, index) => {
        return { name: `page-${index}`, program, environment: stack.planted, reaper };
      }),
    );
    ends.defer(() => Promise.all(pageProcesses.map((page) => page.stop())).then(() => {}));
    const [withClient, without] = [pageProcesses.slice(0, PAGES), pageProcesses.slice(PAGES)];
    const token = await login(stack, 'viewer');
    const waiting = { timeout_ms: ANSWER_MS, signal };
    const connection = { release: stack.release, url: socketUrl(stack.api.address), token, channel: 'evaluations' };
    await Promise.all(withClient.map((page) => page.call('connect', connection, waiting)));
    await delay(SETTLE_MS, undefined, { signal });

    const t0 = new Date();
    const usage = (page: CommandedProcess<PageCommands>) => () => page.call('usage', undefined, waiting);
    const [idle, pages, empty] = await Promise.all([
      over(IDLE_MS, server, signal),
      Promise.all(withClient.map((page) => over(IDLE_MS, usage(page), signal))),
      Promise.all(without.map((page) => over(IDLE_MS, usage(page), signal))),
    ]);
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
    observe('server_cpu_share', [idle.cpuShare - alone.cpuShare], { t0 });
    observe('server_bytes_each', [(idle.rss_bytes - alone.rss_bytes) / CLIENTS], { t0 });

    const { members } = await crowd.report();
    const troubled = members.filter(({ drops, gaps, live }) => drops > 0 || gaps > 0 || !live).length;
    fact('no client lost its connection, or was told of a gap', troubled === 0, `${troubled} of ${CLIENTS}`);
    const ownEnds = [stack.api, stack.engine].flatMap((service) => service.ownEnds);
    fact('no service ended by itself', ownEnds.length === 0, ownEnds.join(', '));
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
