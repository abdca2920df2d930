/** Tells of replicates that the harness spoilt and made again: on which arm, for a reader must see when it is always the same. */
import { ARMS } from '../schema/entry.ts';
import type { CheckReport } from '../schema/run.ts';
import { counted } from './quantity.ts';

/** Undefined when there were none. */
export function voidedText({ voided = [] }: CheckReport): string | undefined {
  const last = voided.at(-1);
  if (last === undefined) return undefined;
  const arms = ARMS.flatMap((arm) => {
    const count = voided.filter((one) => one.arm === arm).length;
    return count === 0 ? [] : [`${count} on the ${arm}`];
  });
  return `${counted(voided.length, 'pair')} made again, voided by a replicate: ${arms.join(', ')}; last: ${last.says}`;
}
