/** `npm run prove`: puts the judgement itself to the proof. */
import { proveJudge } from './prove-judge.ts';
import { type ProveMutantsOptions, proveMutants } from './prove-mutants.ts';
import { type ProveStrykerOptions, proveStryker } from './prove-stryker.ts';
import { UsageError } from './usage-error.ts';

export interface ProveOptions extends ProveMutantsOptions, ProveStrykerOptions {
  readonly judge?: boolean;
  readonly quick?: boolean;
  readonly mutants?: boolean;
  readonly stryker?: boolean;
  readonly jobs?: number;
  readonly json?: boolean;
}

export async function prove(options: ProveOptions): Promise<number> {
  const { judge, mutants, stryker } = options;
  if ([judge, mutants, stryker].filter(Boolean).length !== 1) {
    throw new UsageError('say what to prove: --mutants, --judge or --stryker');
  }
  if (judge) return proveJudge(options);
  return mutants ? proveMutants(options) : proveStryker(options);
}
