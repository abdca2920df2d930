/** The matrix mutant × gate: what each mutant's run says of it, and what the whole says of the gates. Pure. */
import type { Mutant, MutantReport } from '../schema/mutant.ts';
import type { Run } from '../schema/run.ts';

/** Whether one of the gates that must catch the mutant said `fail`. Anything else, an error too, is not caught. */
export function reportMutant(mutant: Mutant, run: Pick<Run, 'gates' | 'command'>, duration_ms: number): MutantReport {
  const failed = run.gates.filter((gate) => gate.verdict === 'fail').map((gate) => gate.id);
  const caughtBy = mutant.gates.filter((id) => failed.includes(id));
  return {
    id: mutant.id,
    ...(mutant.ticket === undefined ? {} : { ticket: mutant.ticket }),
    source: mutant.source,
    says: mutant.says,
    caught: caughtBy.length > 0,
    caughtBy,
    verdicts: Object.fromEntries(run.gates.map((gate) => [gate.id, gate.verdict])),
    duration_ms: Math.round(duration_ms),
    rerun: run.command,
  };
}

/** The promises that no mutant has turned: nothing shows that they guard anything. */
export function unturned(promises: readonly string[], reports: readonly MutantReport[]): string[] {
  return promises.filter((id) => !reports.some((report) => report.verdicts[id] === 'fail'));
}

/**
 * The mutants that broke more than a third of their ticket's gates: so coarse a fault proves little of each gate.
 * Only for runs of all the gates of a ticket.
 */
export function tooCoarse(reports: readonly MutantReport[]): string[] {
  return reports
    .filter(({ verdicts }) => {
      const all = Object.values(verdicts);
      return all.filter((verdict) => verdict !== 'pass').length * 3 > all.length;
    })
    .map((report) => report.id);
}
