/** A whole simulated run as it would lie in its folder, for the parts of the certificate that judge one from end to end. */
import type { SavedRun } from '../judge/judge.ts';
import { ARMS, type Arm, type Entry } from '../schema/entry.ts';
import type { ReleasePromise } from '../schema/promise.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import { countBatch, emptyTally } from '../schema/tally.ts';
import { momentAt, scopeOf } from './gates.ts';

/** The values of one replicate, by block. */
export type BlocksOf = (arm: Arm, replicate: number) => number[][];

/** An honest run of `check` with `made` replicates an arm, a minute each; every fact holds. */
export function savedRun(
  check: PlannedCheck,
  promises: readonly ReleasePromise[],
  made: number,
  blocksOf: BlocksOf,
): SavedRun {
  const entries = Array.from({ length: made }, (_, replicate) =>
    ARMS.flatMap((arm, index) =>
      linesOf(check, arm, replicate, 120 * replicate + 60 * index, blocksOf(arm, replicate)),
    ),
  ).flat();
  const end: Entry = { type: 'run-ended', at: momentAt(120 * made), how: 'finished' };
  return { scope: scopeOf([check], promises), promises, entries: [...entries, end], damage: [] };
}

function linesOf(
  check: PlannedCheck,
  arm: Arm,
  replicate: number,
  from_s: number,
  blocks: readonly number[][],
): Entry[] {
  const execution = { check: check.id, arm, replicate };
  const [[measure, unit]] = Object.entries(check.measures) as [[string, string]];
  const facts = check.facts.map((name): Entry => ({ type: 'fact', ...execution, name, holds: true }));
  const tally = { ...emptyTally(), facts: facts.length };
  for (const values of blocks) countBatch(tally, measure, values);
  return [
    { type: 'check-started', ...execution, at: momentAt(from_s) },
    ...blocks.map(
      (values, block): Entry => ({
        type: 'observation',
        ...execution,
        measure,
        unit,
        block,
        t0: momentAt(from_s + (50 * (block + 1)) / (blocks.length + 1)),
        values,
      }),
    ),
    ...facts,
    { type: 'check-ended', ...execution, at: momentAt(from_s + 55), status: 'completed', duration_ms: 55_000, tally },
  ];
}
