/** A run among the runs before it. Nothing here touches a verdict. */
import { type HistoryLine, type HistoryReport, MOST_RUNS } from '../schema/history.ts';
import type { Run } from '../schema/run.ts';
import type { Verdict } from '../schema/verdict.ts';
import { changePoints, changeProbability } from '../statistics/e-divisive.ts';
import { falseDiscoveryLevel } from '../statistics/false-discovery.ts';
import { earlierOf } from './earlier.ts';

/** In fewer values no change is looked for. */
const LEAST_VALUES = 10;

/** Of the gates said to have changed, at most this share has by chance, on average; where none has, one is named so seldom. */
const FALSE_CHANGES = 0.05;

/**
 * Random orders of a series: with fewer than gates/FALSE_CHANGES no gate could be believed to have changed alone, among so
 * many. Beyond the most (150 gates) it takes others beside it.
 */
const ORDERS = { least: 199, most: 2_999 } as const;

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
  const rows = run.gates.map((gate) => {
    const earlier = gatesOf.map((gates) => earlierOf(gate, gates));
    const verdicts = [...earlier.map((one) => one?.verdict ?? null), gate.verdict];
    const values = [...earlier.map((one) => one?.candidate ?? null), gate.candidate.value];
    return { id: gate.id, verdicts, values };
  });
  const changes = changesOf(
    rows.map(({ values }) => values),
    random,
  );
  return {
    runs: before.map(({ id, startedAt, commit }) => ({ id, startedAt, commit })),
    new: turned(true),
    fixed: turned(false),
    flaky: flaky.map(({ id }) => id),
    gates: Object.fromEntries(
      rows.map(({ id, verdicts, values }, index) => [id, { verdicts, values, changes: changes[index] ?? [] }]),
    ),
  };
}

function isKnown(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && verdict !== 'error' && verdict !== 'no-data';
}

/**
 * Where each gate's values begin to be others: positions among all values, also those that are missing. First which gates
 * have a change at all, by the false discovery rate among those looked at; then, at the level that this gave, how many
 * (testing within what was selected: Y. Benjamini, M. Bogomolov, Journal of the Royal Statistical Society B 76 (2014) 297-318).
 */
function changesOf(series: readonly (readonly (number | null)[])[], random: () => number): number[][] {
  const known = series.map((values) => values.flatMap((value, at) => (value === null ? [] : [{ value, at }])));
  const valuesOf = (own: (typeof known)[number]) => own.map(({ value }) => value);
  // One whose values are all the same says so in any order: it is not looked at, and counts for nothing.
  const looked = known.filter((own) => own.length >= LEAST_VALUES && own.some(({ value }) => value !== own[0]?.value));
  const permutations = Math.min(ORDERS.most, Math.max(ORDERS.least, Math.ceil(looked.length / FALSE_CHANGES) - 1));
  const ps = new Map(looked.map((own) => [own, changeProbability(valuesOf(own), { random, permutations })]));
  const level = falseDiscoveryLevel([...ps.values()], FALSE_CHANGES);
  return known.map((own) => {
    const p = ps.get(own);
    if (p === undefined || p > level) return [];
    const points = changePoints(valuesOf(own), { random, level, permutations, firstIsKnown: true });
    return points.map((point) => (own[point] as { at: number }).at);
  });
}
