/** `npm run prove`: puts the harness itself to the proof. */
import { proveJudge } from './prove-judge.ts';
import { UsageError } from './usage-error.ts';

export interface ProveOptions {
  readonly judge?: boolean;
  readonly quick?: boolean;
  readonly output: string;
}

export async function prove(options: ProveOptions): Promise<number> {
  if (!options.judge) throw new UsageError('say what to prove: --judge');
  return proveJudge(options);
}
