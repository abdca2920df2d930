/** Which executions a planned check has, and in which order they are made. */
import { seededRandom } from '../random/random.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import type { Execution } from './run-context.ts';
import { deriveSeed } from './seed.ts';

/**
 * Replicate by replicate, an execution on each arm. In a measured check a coin of the seed's says which arm of a pair
 * goes first: were it always the same one, what the first leaves behind would look like a difference between releases.
 */
export function executionsOf({ id, arms, replicates, leastReplicates }: PlannedCheck, runSeed: number): Execution[] {
  return Array.from({ length: replicates }, (_, replicate) => {
    const coin = seededRandom(deriveSeed(runSeed, `${id} order`, 'baseline', replicate))();
    const turned = leastReplicates !== undefined && coin < 0.5 ? arms.toReversed() : arms;
    return turned.map((arm) => ({ check: id, arm, replicate }));
  }).flat();
}

/** What an execution is called between the worker, where it is a Vitest test, and the CLI. */
export function nameOf({ check, arm, replicate }: Execution): string {
  return `${check} · ${arm} · ${replicate}`;
}
