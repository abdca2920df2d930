/** Runs a load plan in generator processes of its own, so that what measures does not wait behind what is measured. */
import { join } from 'node:path';
import type { ReaperConnection } from '../processes/reaper.ts';
import { startProcess } from '../processes/run-process.ts';
import type { Share } from './arrivals.ts';
import { refuseLate } from './lateness.ts';
import { checkPlan, type LoadPlan } from './load-plan.ts';
import { type EncodedTally, Tally } from './tally.ts';

export interface RunLoadOptions {
  readonly reaper: ReaperConnection;
  /** Ends the generators; what they measured so far is lost. */
  readonly signal: AbortSignal;
}

const READY_MS = 30_000;
/** Beyond the load's own time and the last request's, for its last lines. */
const MARGIN_MS = 15_000;
const LAG_MAX_MS = 10;

/**
 * Puts the load on, and resolves with what came of it when each request has succeeded or failed.
 * @throws LoadError `WRONG_PLAN`; `GENERATOR_LATE` when more than 1 % of the requests were sent more than `lag_ms_max` too
 * late by the generator's own fault; ProcessError, which names why the listeners were not ready
 */
export async function runLoad(plan: LoadPlan, { reaper, signal }: RunLoadOptions): Promise<Tally> {
  checkPlan(plan);
  signal.throwIfAborted();
  const of = plan.processes ?? 1;
  const shares = Array.from({ length: of }, (_, index): Share => ({ index, of }));
  const started = await Promise.allSettled(shares.map((share) => startGenerator(plan, share, reaper)));
  const generators = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stopAll = () => Promise.all(generators.map((generator) => generator.stop()));
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {}); // It may come while nobody waits.
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const failed = started.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const ready = generators.map((generator) =>
      generator.waitForLine(/^generator ready$/, { waitingFor: 'the generator', timeout_ms: READY_MS }),
    );
    await Promise.race([Promise.all(ready), aborted.promise]);
    for (const generator of generators) generator.kill('SIGUSR2');
    const tallies = generators.map(async (generator) => {
      const [, text = ''] = await generator.waitForLine(/^tally (.*)$/, {
        waitingFor: 'its tally',
        timeout_ms: (plan.warmUp_ms ?? 0) + plan.duration_ms + plan.timeout_ms + MARGIN_MS,
      });
      return JSON.parse(text) as EncodedTally;
    });
    const whole = new Tally();
    for (const tally of await Promise.race([Promise.all(tallies), aborted.promise])) whole.add(tally);
    refuseLate(whole, plan.lag_ms_max ?? LAG_MAX_MS);
    return whole;
  } finally {
    signal.removeEventListener('abort', abort);
    await stopAll();
  }
}

function startGenerator(plan: LoadPlan, share: Share, reaper: ReaperConnection) {
  return startProcess({
    name: `load-generator-${share.index}`,
    command: process.execPath,
    args: [join(import.meta.dirname, 'generator-child.ts')],
    // In the environment and not among the arguments, which every user of the machine can read: a plan may hold a token.
    env: { PATH: process.env.PATH ?? '', LOAD: JSON.stringify({ plan, share }) },
    reaper,
  });
}
