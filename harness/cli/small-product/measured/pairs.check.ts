import { measure } from '../../../checks/measure.ts';
import { runLoad } from '../../../load/run-load.ts';
import { small } from '../suite/stack.ts';

const LOAD = {
  request: { method: 'GET', path: '/', status: 200 },
  arrivals: { kind: 'fixed', rate_per_s: 100 },
  duration_ms: 50,
  timeout_ms: 5_000,
  connections: 1,
  seed: 1,
} as const;

/** How often the generator was made to be late. */
let late = 0;

measure(
  'measured/alike',
  { stack: small, measures: { alike_ms: 'ms' }, facts: ['it answers'], pairs: { least: 2, most: 20 } },
  async ({ stack, arm, replicate, observe, fact, random, reaper, signal }) => {
    if (process.env.SMALL_LATE === `${arm} ${replicate}` && late < Number(process.env.SMALL_LATE_TIMES)) {
      late += 1;
      observe('alike_ms', [1_000]);
      // No event loop hands over a request within a nanosecond.
      await runLoad({ ...LOAD, origin: stack.url, lag_ms_max: 0.000_001 }, { reaper, signal });
    }
    if (process.env.SMALL_FAILS === String(replicate)) throw new Error('asked to fail');
    fact('it answers', (await fetch(stack.url)).ok);
    observe('alike_ms', [10 + random() / 10]);
  },
);

measure(
  'measured/unsteady',
  { measures: { unsteady_ms: 'ms' }, facts: [], pairs: { least: 2, most: 3 } },
  async ({ arm, replicate, observe }) => {
    observe('unsteady_ms', [arm === 'baseline' ? 10 : replicate % 2 === 0 ? 20 : 5]);
  },
);
