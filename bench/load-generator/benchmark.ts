/** Our load generator against k6 (open loop), and autocannon as we run it against wrk (closed loop), on one server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { greedySmallRequests, steadySmallRequests } from '../../fixtures/load/small-requests.ts';
import type { Absentee, Benchmark, BenchmarkContext, Contender, Figures } from '../../harness/benchmarks/benchmark.ts';
import { findOnPath } from '../../harness/components/find-on-path.ts';
import { k6 } from '../../harness/components/k6/k6.ts';
import { runK6 } from '../../harness/load/k6/run-k6.ts';
import { measureCapacity } from '../../harness/load/measure-capacity.ts';
import { runLoad } from '../../harness/load/run-load.ts';
import type { Tally } from '../../harness/load/tally.ts';
import { startProcess } from '../../harness/processes/run-process.ts';
import { runWrk } from './wrk.ts';

const OPEN = `open loop, ${steadySmallRequests.arrivals.rate_per_s} requests/s`;
const CLOSED = `closed loop, ${greedySmallRequests.connections} connections`;
const { version: AUTOCANNON } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../node_modules/autocannon/package.json'), 'utf8'),
) as { version: string };

export const benchmark: Benchmark = {
  title: 'Load generators on one server: ours and k6 at a rate, autocannon and wrk at full speed',
  measures: ['achieved_per_s', 'p50_ms', 'p99_ms', 'cpu_s_per_1000_requests', 'failed_requests'],
  rounds: 8,
  timeout_ms: 60_000,
  async prepare(context) {
    const { reaper, seed } = context;
    const server = await startProcess({
      name: 'server',
      command: process.execPath,
      args: [join(import.meta.dirname, 'server.ts')],
      reaper,
    });
    const [, origin = ''] = await server.waitForLine(/^listening on (.*)$/, {
      waitingFor: 'its address',
      timeout_ms: 30_000,
    });
    // Whoever came first would have met a server that compiles.
    await measureCapacity({ ...greedySmallRequests, origin, seed }, context);
    const absent: Absentee[] = [];
    const contenders: Contender[] = [
      {
        scenario: OPEN,
        name: 'ours',
        version: 'here',
        measure: async (signal) => ofRate(await runLoad({ ...steadySmallRequests, origin, seed }, { reaper, signal })),
      },
      ...(await k6Contender(context, origin, absent)),
      {
        scenario: CLOSED,
        name: 'autocannon',
        version: AUTOCANNON,
        async measure(signal) {
          const { tally, succeeded_per_s } = await measureCapacity(
            { ...greedySmallRequests, origin, seed },
            { reaper, signal },
          );
          return figuresOf(tally, succeeded_per_s, tally.scheduled);
        },
      },
      ...wrkContender(context, origin, absent),
    ];
    return { contenders, absent };
  },
};

async function k6Contender(context: BenchmarkContext, origin: string, absent: Absentee[]): Promise<Contender[]> {
  const { reaper, seed } = context;
  const component = await context.component(k6);
  if (component.status === 'missing') {
    absent.push(component);
    return [];
  }
  const { url, version } = component;
  return [
    {
      scenario: OPEN,
      name: 'k6',
      version: version.replace('k6 ', ''),
      measure: async (signal) => ofRate(await runK6({ ...steadySmallRequests, origin, seed }, { url, reaper, signal })),
    },
  ];
}

function wrkContender({ env, reaper }: BenchmarkContext, origin: string, absent: Absentee[]): Contender[] {
  const binary = findOnPath(['wrk'], env);
  if (binary === undefined) {
    absent.push({ name: 'wrk', reason: 'no wrk is on PATH.', command: 'apt-get install wrk' });
    return [];
  }
  const { request, connections, duration_ms, timeout_ms } = greedySmallRequests;
  return [
    {
      scenario: CLOSED,
      name: 'wrk',
      version: 'of the system',
      async measure(signal) {
        const url = origin + request.path;
        const wrk = await runWrk({ binary, url, connections, duration_ms, timeout_ms, reaper, signal });
        return {
          achieved_per_s: wrk.succeeded_per_s,
          p50_ms: wrk.p50_ms,
          p99_ms: wrk.p99_ms,
          cpu_s_per_1000_requests: wrk.cpu_ms / wrk.requests,
          failed_requests: wrk.failed,
        };
      },
    },
  ];
}

/** Processor time is of the whole process, start-up and warm-up included, over all that it sent meanwhile. */
function ofRate(tally: Tally): Figures {
  const { warmUp_ms, duration_ms, arrivals } = steadySmallRequests;
  const warmUps = (warmUp_ms * arrivals.rate_per_s) / 1_000;
  return figuresOf(tally, (tally.succeeded / duration_ms) * 1_000, tally.scheduled + warmUps);
}

function figuresOf(tally: Tally, achieved_per_s: number, requests: number): Figures {
  return {
    achieved_per_s,
    p50_ms: tally.latencies.percentile_ms(50),
    p99_ms: tally.latencies.percentile_ms(99),
    // ms for a request are s for a thousand.
    cpu_s_per_1000_requests: (tally.cpu_ms + tally.bootCpu_ms) / requests,
    failed_requests: tally.scheduled - tally.succeeded,
  };
}
