/** When a load generator was too late for what it measured to say anything of the server. */
import { LoadError } from './load-plan.ts';
import type { Tally } from './tally.ts';

/**
 * Only the generator's own lag voids a measurement: whatever the server did is the measurement.
 * @throws LoadError `GENERATOR_LATE` when more than 1 % of the requests were sent more than `lag_ms_max` late
 */
export function refuseLate({ lags, scheduled }: Tally, lag_ms_max: number): void {
  const lag_ms = lags.percentile_ms(99);
  if (!(lag_ms > lag_ms_max)) return;
  throw new LoadError(
    'GENERATOR_LATE',
    `the load generator was late: expected 99 % of ${scheduled} requests within ${lag_ms_max} ms of their moment, the 99th percentile was ${lag_ms.toFixed(1)} ms; the machine is too busy to measure, free it or lower the rate`,
  );
}
