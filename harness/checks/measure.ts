/** What suites call to compare the arms by numbers that noise moves: `measure(…)` repeats a check until enough is known. */
import type { CheckContext, CheckDefinition, MeasureOptions } from './check-definition.ts';
import { register } from './registrar.ts';

/**
 * Declares a measured check. `run` is called for one replicate on one arm at a time, alone on the machine, with a stack
 * booted for it and stopped after it. The arms take turns, in pairs whose order is drawn from the seed, so that whatever
 * drifts on the machine meets both alike. After each pair the stopping rule is asked whether to go on.
 * @param id a kebab-case path: `acme-7/answers-as-fast`
 */
export function measure<
  Services = undefined,
  const Facts extends string = string,
  const Measures extends Record<string, string> = Record<never, string>,
>(
  id: string,
  options: MeasureOptions<Services, Facts, Measures>,
  run: (context: CheckContext<Services, Facts, Measures>) => Promise<void>,
): void {
  const defaults = { from: 'smoke', timeout_ms: 60_000 } as const;
  const fixed = { lane: 'timing', arms: ['baseline', 'candidate'], destroysStack: true } as const;
  register({ id, options: { ...defaults, ...options, ...fixed }, run } as unknown as CheckDefinition);
}
