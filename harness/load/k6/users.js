/**
 * What k6 runs: the users of a `UsersPlan`, what each does drawn beforehand. k6's own runtime executes it, not Node, and
 * `k6` and `k6/…` are modules of that runtime. A VU is some users on one event loop.
 */
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
// In k6 1.1 it has this name alone; in later 1.x it has it still, deprecated.
import { WebSocket } from 'k6/experimental/websockets';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { outcomesOf, summaryIn } from './outcomes.js';

const { plan, vus, takes_ms, failures, trendStats, summaryFile } = JSON.parse(__ENV.LOAD);
const { request, socket } = plan;
// Held once for all VUs.
const users = new SharedArray('users', () => JSON.parse(open(__ENV.DATA)).users);
const choices = new SharedArray('choices', () => JSON.parse(open(__ENV.DATA)).choices);
const readyPattern = new RegExp(socket.ready.pattern);

const ready = new Counter('load_ready');
const dropped = new Counter('load_dropped');
const lag = new Trend('load_lag', true);
const tell = outcomesOf(failures, request.status);

export const options = {
  discardResponseBodies: true,
  summaryTrendStats: trendStats,
  noConnectionReuse: false,
  scenarios: {
    users: {
      executor: 'per-vu-iterations',
      vus,
      iterations: 1,
      maxDuration: `${takes_ms + 10_000}ms`,
      gracefulStop: '1s',
    },
  },
};

export default function () {
  const start_ms = exec.scenario.startTime + plan.gather_ms;
  const own = [];
  for (let index = exec.vu.idInTest - 1; index < users.length; index += vus) own.push(users[index]);
  const leaving = [];
  connectInTurn(own, start_ms, leaving);
  const end_ms = start_ms + (plan.warmUp_ms ?? 0) + plan.duration_ms;
  const asked = own.flatMap((user) => requestsOf(user, start_ms));
  // All stay to the end, and until what is under way by then is over.
  Promise.all([...asked, until(end_ms)]).then(() => {
    for (const leave of leaving) leave();
  });
}

function until(moment_ms) {
  return new Promise((resolve) => setTimeout(resolve, moment_ms - Date.now()));
}

/** One user of a VU after the other: gathering is not what is measured. */
function connectInTurn(own, start_ms, leaving) {
  const [user, ...others] = own;
  if (user === undefined || Date.now() >= start_ms) return;
  leaving.push(connect(user, start_ms, () => connectInTurn(others, start_ms, leaving)));
}

/** Calls `next` once it is ready, or cannot be. Returns what ends it. */
function connect({ token }, start_ms, next) {
  const client = new WebSocket(socket.url);
  let heard = 0;
  let left = false;
  let keepAlive;
  client.onopen = () => {
    for (const message of socket.hello) client.send(message.replaceAll('{token}', token));
  };
  client.onmessage = ({ data }) => {
    if (heard >= socket.ready.times || !readyPattern.test(data)) return;
    heard += 1;
    if (heard < socket.ready.times) return;
    if (Date.now() < start_ms) ready.add(1);
    const { message, every_ms } = socket.keepAlive ?? {};
    if (message !== undefined) keepAlive = setInterval(() => client.send(message), every_ms);
    next();
  };
  client.onclose = () => {
    clearInterval(keepAlive);
    if (left) return;
    left = true;
    if (heard >= socket.ready.times) dropped.add(1);
    else next();
  };
  // Why is in k6's own log; that it ends is told by `onclose`, but not where it never was open.
  client.onerror = client.onclose;
  return () => {
    left = true;
    client.close();
  };
}

function requestsOf({ first_ms, choices: drawn }, start_ms) {
  return drawn.map(async (choice, turn) => {
    const due_ms = first_ms + turn * plan.every_ms;
    await until(start_ms + due_ms);
    await ask(start_ms + due_ms, choice, due_ms >= (plan.warmUp_ms ?? 0));
  });
}

async function ask(due_ms, choice, isMeasured) {
  const late_ms = Math.max(0, Date.now() - due_ms);
  if (isMeasured) lag.add(late_ms);
  const fill = (template) => template.replaceAll('{choice}', choices[choice]);
  const response = await http.asyncRequest(
    request.method,
    plan.origin + fill(request.path),
    request.body === undefined ? null : fill(request.body),
    {
      headers: request.headers ?? {},
      timeout: Math.max(1, plan.timeout_ms - late_ms),
      redirects: 0,
      tags: { name: 'load' },
    },
  );
  if (isMeasured) tell(response, late_ms);
}

export function handleSummary(data) {
  return summaryIn(summaryFile, data);
}
