/** `npm run prove`: puts the judgement itself to the proof. */
import { type ProveAaOptions, proveAa } from './prove-aa.ts';
import { proveJudge } from './prove-judge.ts';
import { type ProveMutantsOptions, proveMutants } from './prove-mutants.ts';
import { proveStryker } from './prove-stryker.ts';
import { UsageError } from './usage-error.ts';

/** Busy mutants of the product at a time. */
const MUTANTS_DEFAULT = 2;

export interface ProveOptions extends Omit<ProveMutantsOptions, 'jobs'>, ProveAaOptions {
  readonly judge?: boolean;
  readonly quick?: boolean;
  readonly mutants?: boolean;
  readonly aa?: boolean;
  readonly stryker?: boolean;
  readonly jobs?: number;
}

export async function prove(options: ProveOptions): Promise<number> {
  const { judge, mutants, aa, stryker } = options;
  if ([judge, mutants, aa, stryker].filter(Boolean).length !== 1)
    throw new UsageError('say what to prove, one of them: --mutants, --judge, --aa or --stryker');
  if (judge) return proveJudge(options);
  if (stryker) return proveStryker(options);
  return mutants ? proveMutants({ ...options, jobs: options.jobs ?? MUTANTS_DEFAULT }) : proveAa(options);
}
