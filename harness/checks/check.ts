/** What suites call: `check(…)` declares something to make happen on an arm, and what it will have recorded when it is done. */
import type { CheckContext, CheckDefinition, CheckOptions } from './check-definition.ts';
import { register } from './registrar.ts';

/**
 * Declares a check. `run` is called once for each arm and replicate.
 * @param id a kebab-case path: `acme-7/reconnects`
 */
export function check<
  Services = undefined,
  const Facts extends string = string,
  const Measures extends Record<string, string> = Record<never, string>,
>(
  id: string,
  options: CheckOptions<Services, Facts, Measures>,
  run: (context: CheckContext<Services, Facts, Measures>) => Promise<void>,
): void {
  const defaults = {
    measures: {},
    arms: ['baseline', 'candidate'],
    from: 'smoke',
    destroysStack: false,
    timeout_ms: 60_000,
  } as const;
  register({ id, options: { ...defaults, ...options }, run } as unknown as CheckDefinition);
}
