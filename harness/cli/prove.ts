/** `npm run prove`: puts the judgement itself to the proof. */
import { type ProveAaOptions, proveAa } from './prove-aa.ts';
import { proveJudge } from './prove-judge.ts';
import { type ProveMutantsOptions, proveMutants } from './prove-mutants.ts';
import { UsageError } from './usage-error.ts';

export interface ProveOptions extends ProveMutantsOptions, ProveAaOptions {
  readonly judge?: boolean;
  readonly quick?: boolean;
  readonly mutants?: boolean;
  readonly aa?: boolean;
}

export async function prove(options: ProveOptions): Promise<number> {
  const { judge, mutants, aa } = options;
  if ([judge, mutants, aa].filter(Boolean).length !== 1)
    throw new UsageError('say what to prove, one of them: --mutants, --judge or --aa');
  if (judge) return proveJudge(options);
  return mutants ? proveMutants(options) : proveAa(options);
}
