/** `npm run prove`: puts the judgement itself to the proof. */
import { proveJudge } from './prove-judge.ts';
import { type ProveMutantsOptions, proveMutants } from './prove-mutants.ts';
import { UsageError } from './usage-error.ts';

export interface ProveOptions extends ProveMutantsOptions {
  readonly judge?: boolean;
  readonly quick?: boolean;
  readonly mutants?: boolean;
}

export async function prove(options: ProveOptions): Promise<number> {
  if (options.judge === options.mutants) throw new UsageError('say what to prove: --mutants or --judge');
  return options.judge ? proveJudge(options) : proveMutants(options);
}
