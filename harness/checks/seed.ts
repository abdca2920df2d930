/** One number repeats a run: each execution of a check draws its own seed from it. */
import { createHash } from 'node:crypto';
import type { Arm } from '../schema/entry.ts';

/**
 * The seed of one execution, from (run seed, check, arm, replicate), so that a single rerun repeats it exactly.
 * `both`: of what is done to either arm alike.
 */
export function deriveSeed(runSeed: number, check: string, arm: Arm | 'both', replicate: number): number {
  return createHash('sha256').update(`${runSeed}|${check}|${arm}|${replicate}`).digest().readUInt32LE(0);
}
