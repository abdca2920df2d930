/**
 * What k6 runs: the load of a `LoadPlan`, read from the environment. k6's own runtime executes it, not Node, and `k6` and
 * `k6/…` are modules of that runtime. Each VU is one of the plan's connections; an iteration is one request.
 */
import exec from 'k6/execution';
import http from 'k6/http';
import { outcomesOf, summaryIn } from './outcomes.js';

const { plan, warmUps, requests, failures, trendStats, summaryFile } = JSON.parse(__ENV.LOAD);
const { request } = plan;
const total = warmUps + requests;

const tell = outcomesOf(failures, request.status);

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
  // When it was due it does not know.
  if (turn >= warmUps) tell(response, 0);
}

/** A version 4 UUID; k6 has no seed that its VUs would share. */
function drawId() {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(Math.random() * 16).toString(16));
}

export function handleSummary(data) {
  return summaryIn(summaryFile, data);
}
