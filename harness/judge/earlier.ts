/** A gate in an earlier run, in which its promise may have had another id. */
import type { Gate } from '../schema/run.ts';

/** What stands under the gate's id, or under a former one. */
export function earlierOf<Kept>({ id, aliases = [] }: Pick<Gate, 'id' | 'aliases'>, kept: ReadonlyMap<string, Kept>) {
  const known = [id, ...aliases].find((one) => kept.has(one));
  return known === undefined ? undefined : kept.get(known);
}
