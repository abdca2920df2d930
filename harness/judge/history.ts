/** A run among the runs before it. Nothing here touches a verdict. */
import { type HistoryLine, type HistoryReport, MOST_RUNS } from '../schema/history.ts';
import type { Run } from '../schema/run.ts';
import type { Verdict } from '../schema/verdict.ts';
import { changePoints } from '../statistics/e-divisive.ts';
import { earlierOf } from './earlier.ts';

/** In fewer values no change is looked for. */
const LEAST_VALUES = 10;

/** Whether the two runs were to decide the same, so that one says something of the other. */
export function isAlike(
  line: Pick<HistoryLine, 'profile' | 'arms' | 'narrowedBy'>,
  of: Pick<HistoryLine, 'profile' | 'arms' | 'narrowedBy'>,
): boolean {
  const key = ({ profile, arms, narrowedBy }: typeof line) =>
    JSON.stringify([profile, arms.baseline, arms.candidate, narrowedBy]);
  return key(line) === key(of);
}

/**
 * What the lines before a run make of it. Their order is that of the file: clocks may go backwards.
 * @param random for the change points: seeded, so that the same run gives the same report
 */
export function reportHistory(run: Run, lines: readonly HistoryLine[], random: () => number): HistoryReport {
  const here = { profile: run.scope.profile, arms: run.provenance.arms, narrowedBy: run.scope.narrowedBy };
  const before = lines.filter((line) => line.id !== run.id && isAlike(line, here)).slice(-MOST_RUNS);
  const gatesOf = before.map(({ gates }) => new Map(gates.map((gate) => [gate.id, gate])));
  const { commit, dirty } = run.provenance;
  const onThisCommit = before.flatMap((line, index) =>
    commit !== null && !dirty && !line.dirty && line.commit === commit
      ? [gatesOf[index] as (typeof gatesOf)[number]]
      : [],
  );
  // A run that was cut short, or lacked a component, knows nothing of a gate: the one before it does.
  const turned = (from: boolean) =>
    run.gates.flatMap((gate) => {
      const { id, verdict } = gate;
      const earlier = gatesOf.map((gates) => earlierOf(gate, gates)).findLast((one) => isKnown(one?.verdict));
      return earlier !== undefined && (earlier.verdict === 'pass') === from && (verdict === 'pass') !== from
        ? [id]
        : [];
    });
  const flaky = run.gates.filter((gate) => {
    const outcomes = new Set([gate.verdict, ...onThisCommit.map((gates) => earlierOf(gate, gates)?.verdict)]);
    return outcomes.has('pass') && outcomes.has('fail');
  });
  return {
    runs: before.map(({ id, startedAt, commit }) => ({ id, startedAt, commit })),
    new: turned(true),
    fixed: turned(false),
    flaky: flaky.map(({ id }) => id),
    gates: Object.fromEntries(
      run.gates.map((gate) => {
        const earlier = gatesOf.map((gates) => earlierOf(gate, gates));
        const verdicts = [...earlier.map((one) => one?.verdict ?? null), gate.verdict];
        const values = [...earlier.map((one) => one?.candidate ?? null), gate.candidate.value];
        return [gate.id, { verdicts, values, changes: changesOf(values, random) }];
      }),
    ),
  };
}

function isKnown(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && verdict !== 'error' && verdict !== 'no-data';
}

/** Positions among all values, also those that are missing. */
function changesOf(values: readonly (number | null)[], random: () => number): number[] {
  const known = values.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
  if (known.length < LEAST_VALUES) return [];
  const points = changePoints(
    known.map(({ value }) => value),
    { random },
  );
  return points.map((point) => (known[point] as { at: number }).at);
}
