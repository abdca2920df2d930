/** Waivers laid on judged gates. What a run keeps of them may have been edited, so that each is looked at again. */
import type { Gate } from '../schema/run.ts';
import type { Scope } from '../schema/scope.ts';
import { hasExpired } from '../schema/waiver.ts';

/** The same gates; those that do not pass and are waived carry the waiver. A fix has none, nor is one on its last day over. */
export function waive(
  gates: readonly Gate[],
  { waivers = [], startedAt }: Pick<Scope, 'waivers' | 'startedAt'>,
): Gate[] {
  const valid = waivers.filter((waiver) => !hasExpired(waiver, Date.parse(startedAt)));
  return gates.map((gate) => {
    const waiver = valid.find((one) => one.gate === gate.id);
    if (waiver === undefined || gate.verdict === 'pass' || gate.kind === 'fix') return gate;
    const { owner, reason, expires } = waiver;
    return { ...gate, waived: { owner, reason, expires } };
  });
}
