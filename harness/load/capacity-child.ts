/**
 * The process that measures a capacity: reads its plan from the environment, lets autocannon run, prints the tally as its
 * last line, and ends. autocannon's own figures are used for one thing only, to see that they agree with what was counted
 * here: it cuts latencies to whole ms, has no p95, and leaves time-outs out of its histogram. With a rate it would also
 * "correct" that histogram by an interval in the wrong unit; no rate is set, in which case it refuses the option
 * (`ignoreCoordinatedOmission`) that forbids that, and the comparison would tell.
 */
import autocannon, { type Request, type Result } from 'autocannon';
import { seededRandom } from '../random/random.ts';
import type { RequestTemplate } from './load-plan.ts';
import type { CapacityPlan } from './measure-capacity.ts';
import { RequestFiller } from './request-filler.ts';
import { Tally } from './tally.ts';

const plan = JSON.parse(process.env.CAPACITY ?? '') as CapacityPlan;
const filler = new RequestFiller(seededRandom(plan.seed), plan.request.choices);

/** One run of autocannon: what it counted itself, and what was counted here. */
async function run(duration_ms: number) {
  const tally = new Tally();
  const cpu = process.cpuUsage();
  const ended = Promise.withResolvers<Result>();
  const options = {
    url: plan.origin,
    connections: plan.connections,
    duration: duration_ms / 1_000,
    timeout: plan.timeout_ms / 1_000,
    requests: [requestOf(plan.request)],
  };
  const running = autocannon(options, (error, result) => (error ? ended.reject(error) : ended.resolve(result)));
  let answers = 0;
  let timeouts = 0;
  running.on('response', (_client, status, _bytes, duration_ms) => {
    answers += 1;
    tally.latencies.record(duration_ms);
    if (status === plan.request.status) tally.succeeded += 1;
    else tally.fail(`status ${status}`);
  });
  running.on('reqError', (error: NodeJS.ErrnoException) => {
    const reason = reasonOf(error);
    if (reason === 'timeout') timeouts += 1;
    tally.latencies.record(plan.timeout_ms);
    tally.fail(reason);
  });
  const result = await ended.promise;
  const { user, system } = process.cpuUsage(cpu);
  tally.bootCpu_ms = (cpu.user + cpu.system) / 1_000;
  tally.cpu_ms = (user + system) / 1_000;
  tally.duration_ms = result.duration * 1_000;
  // A connection that was closed without an answer is no error to autocannon, which asks again. Of what was sent and came
  // to no end, as many as there are connections may be under way.
  const lost = result.requests.sent - tally.latencies.count - plan.connections;
  if (lost > 0) {
    tally.latencies.record(plan.timeout_ms, lost);
    tally.fail('reset', lost);
  }
  tally.scheduled = tally.latencies.count;
  tally.sent = tally.scheduled;
  return { tally, answers, timeouts, result };
}

function requestOf({ method, path, headers = {}, body }: RequestTemplate): Request {
  const whole = { method, path, headers, ...(body === undefined ? {} : { body }) };
  if (!`${path}${body ?? ''}`.match(/\{(id|number|choice)\}/)) return whole;
  return {
    ...whole,
    setupRequest(request) {
      const fill = filler.filler(filler.drawId());
      return { ...request, path: fill(path), ...(body === undefined ? {} : { body: fill(body) }) };
    },
  };
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (message === 'request timed out') return 'timeout';
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : 'other';
}

if (plan.warmUp_ms !== undefined && plan.warmUp_ms > 0) await run(plan.warmUp_ms);
const { tally, answers, timeouts, result } = await run(plan.duration_ms);
const { totalCount } = result.latency as { totalCount?: number };
if (totalCount !== answers || result.timeouts !== timeouts)
  process.stdout.write(
    `miscounted its histogram holds ${totalCount} latencies for ${answers} answers, and it tells ${result.timeouts} time-outs of ${timeouts}\n`,
  );
else process.stdout.write(`tally ${JSON.stringify(tally.encode())}\n`);
