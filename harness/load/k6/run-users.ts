/**
 * Runs users that hold a WebSocket and ask again and again with k6. Latency counts from the moment a request was due, as
 * with `runLoad`; that moment is known to a millisecond, which is as fine as a script's clock is. k6 holds as many HTTP
 * connections as it needs.
 */
import { refuseLate } from '../lateness.ts';
import { LoadError } from '../load-plan.ts';
import type { Tally } from '../tally.ts';
import { checkUsersPlan, drawUsers, measuredRequests, type UsersPlan } from '../users-plan.ts';
import { type RunK6Options, runScript } from './k6-process.ts';
import { countOf, FAILURE_COUNTERS, quantileName, quantilesFor, recordQuantiles, tallyOf } from './summary.ts';

export interface RunUsersOptions extends RunK6Options {
  /** Numbers in [0, 1) that decide when each asks, and for what. */
  readonly random: () => number;
}

export interface UsersTally {
  readonly tally: Tally;
  /** Users whose WebSocket ended while it was measured. */
  readonly dropped: number;
}

/** Each of k6's VUs has a JavaScript runtime of its own, of some megabytes, and one event loop for so many users. */
const USERS_A_VU = 100;
const LAG_MAX_MS = 10;

/**
 * Connects all users, then has them ask; resolves when each request has succeeded or failed.
 * @throws LoadError `WRONG_PLAN`; `LISTENERS_NOT_READY` when not all were connected in time; `GENERATOR_LATE` as `runLoad`;
 * `NO_DATA` when k6 ended in any other way than it should; `MISCOUNTED` when what it counted does not add up
 */
export async function runUsers(plan: UsersPlan, { random, ...options }: RunUsersOptions): Promise<UsersTally> {
  checkUsersPlan(plan);
  const { tokens: _, request, ...rest } = plan;
  const { choices, ...template } = request;
  const users = drawUsers(plan, random);
  const requests = measuredRequests(plan, users);
  if (requests === 0) throw new LoadError('WRONG_PLAN', 'no user asks for anything after the warm-up; measure longer');
  const takes_ms = plan.gather_ms + (plan.warmUp_ms ?? 0) + plan.duration_ms + plan.timeout_ms;
  const { code, summary, cpu_ms } = await runScript({
    ...options,
    script: 'users.js',
    load: {
      plan: { ...rest, request: template },
      vus: Math.ceil(users.length / USERS_A_VU),
      takes_ms,
      failures: FAILURE_COUNTERS,
      trendStats: ['count', ...quantilesFor(requests).map(quantileName)],
    },
    data: { users, choices: choices ?? [''] },
    takes_ms,
  });
  if (code !== 0) throw new LoadError('NO_DATA', `k6 ended with exit code ${code}; 0 was expected`);
  const ready = countOf(summary, 'load_ready');
  if (ready !== users.length)
    throw new LoadError(
      'LISTENERS_NOT_READY',
      `${ready} of ${users.length} users were connected within ${plan.gather_ms} ms; nothing was measured`,
    );
  const tally = tallyOf(summary, plan, requests);
  recordQuantiles(tally.lags, summary.load_lag?.values ?? {}, requests, requests);
  tally.cpu_ms = cpu_ms;
  refuseLate(tally, plan.lag_ms_max ?? LAG_MAX_MS);
  return { tally, dropped: countOf(summary, 'load_dropped') };
}
