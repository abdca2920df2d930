/**
 * What k6 runs: the load of a `LoadPlan`, read from the environment. k6's own runtime executes it, not Node, and `k6` and
 * `k6/…` are modules of that runtime. Each VU is one of the plan's connections; an iteration is one request.
 */
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';

const { plan, warmUps, requests, statuses, trendStats, summaryFile } = JSON.parse(__ENV.LOAD);
const { request } = plan;
const total = warmUps + requests;

const sent = new Counter('load_sent');
const succeeded = new Counter('load_succeeded');
const latency = new Trend('load_latency', true);
const reasons = [
  'no-connection',
  'timeout',
  'refused',
  'reset',
  'other',
  ...statuses.map((status) => `status ${status}`),
];
const failed = new Map(reasons.map((reason) => [reason, new Counter(`load_failed_${reason.replace(/\W/g, '_')}`)]));

// A status that is not the expected one is for this script to judge.
http.setResponseCallback(null);

export const options = {
  discardResponseBodies: true,
  summaryTrendStats: trendStats,
  noConnectionReuse: false,
  scenarios: {
    load: {
      executor: 'constant-arrival-rate',
      rate: plan.arrivals.rate_per_s,
      timeUnit: '1s',
      duration: `${(plan.warmUp_ms ?? 0) + plan.duration_ms}ms`,
      gracefulStop: `${plan.timeout_ms + 1_000}ms`,
      preAllocatedVUs: plan.connections,
      maxVUs: plan.connections,
    },
  },
  // Without data k6's thresholds pass, so a count is demanded.
  thresholds: { http_reqs: [`count>=${total}`], dropped_iterations: ['count==0'] },
};

export default function () {
  const turn = exec.scenario.iterationInTest;
  // The executor may begin one more at the very end.
  if (turn >= total) return;
  const id = drawId();
  const number = String(Math.floor(Math.random() * 2 ** 32));
  const choices = request.choices ?? [];
  const choice = choices[Math.floor(Math.random() * choices.length)];
  const fill = (template) =>
    template.replaceAll('{id}', id).replaceAll('{number}', number).replaceAll('{choice}', choice);
  const response = http.request(
    request.method,
    plan.origin + fill(request.path),
    request.body === undefined ? null : fill(request.body),
    { headers: request.headers ?? {}, timeout: plan.timeout_ms, redirects: 0, tags: { name: 'load' } },
  );
  if (turn < warmUps) return;
  const reason = reasonOf(response);
  if (reason !== 'refused' && reason !== 'no-connection') sent.add(1);
  if (reason === undefined) {
    succeeded.add(1);
    const { blocked, duration } = response.timings;
    latency.add(blocked + duration);
  } else failed.get(reason).add(1);
}

/** By k6's error codes (its documentation, "Error codes"). */
function reasonOf({ status, error_code: code, error }) {
  if (status === request.status) return undefined;
  if (status > 0) return failed.has(`status ${status}`) ? `status ${status}` : 'other';
  if (code === 1050) return 'timeout';
  if (code === 1211) return 'no-connection';
  if (code === 1212) return 'refused';
  return code === 1220 || code === 1221 || /EOF|reset|broken pipe/.test(error) ? 'reset' : 'other';
}

/** A version 4 UUID; k6 has no seed that its VUs would share. */
function drawId() {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(Math.random() * 16).toString(16));
}

export function handleSummary(data) {
  const own = Object.entries(data.metrics).filter(
    ([name, { thresholds }]) => name.startsWith('load_') || thresholds !== undefined,
  );
  return { [summaryFile]: JSON.stringify(Object.fromEntries(own)) };
}
