/** Each way of spoiling a run that passes, for each kind of gate: none of them leaves a pass; and judging twice is judging once. */
import { judge, type SavedRun } from '../judge/judge.ts';
import type { Entry } from '../schema/entry.ts';
import type { ReleasePromise } from '../schema/promise.ts';
import type { Context, Figure } from './figure.ts';
import { checkOf, guardrailOf, limitOf, momentAt } from './gates.ts';
import { Draws, latencies, pairLevels } from './noise.ts';
import { savedRun } from './saved-run.ts';

const PAIRS = 16;
const PROMISES: ReleasePromise[] = [
  limitOf({ id: 'proof/absolute', limit: 200 }),
  limitOf({ id: 'proof/fix', kind: 'fix', statistic: 'p50', operator: '<', limit: 45 }),
  guardrailOf({ id: 'proof/guardrail', statistic: 'p50', tolerance: 0.05 }),
];

/** A run of all kinds of gates that passes: the baseline is four times slower. */
function passingRun(seed: number, leastReplicates: number | undefined): SavedRun {
  const draws = new Draws(seed);
  const levels = pairLevels(draws, PAIRS, { noise: 0.05, tails: 'heavy', drift: 0.5 });
  const check = checkOf({ replicates: PAIRS, leastReplicates, facts: ['it answers'] });
  const base = JSON.parse(JSON.stringify(check)) as typeof check;
  return savedRun(base, PROMISES, PAIRS, (arm, replicate) => {
    const level = (levels[replicate] as (typeof levels)[number])[arm];
    return [0, 1].map(() => latencies(draws, 100, level + (arm === 'baseline' ? Math.log(4) : 0)));
  });
}

type Spoil = (entries: readonly Entry[]) => Entry[];

const ofCandidate = (entry: Entry) => 'arm' in entry && entry.arm === 'candidate';
const first = (entries: readonly Entry[], type: Entry['type']) =>
  entries.find((entry) => entry.type === type && ofCandidate(entry)) as Entry;
const changed =
  (type: Entry['type'], changes: object): Spoil =>
  (entries) => {
    const target = first(entries, type);
    return entries.map((entry) => (entry === target ? ({ ...entry, ...changes } as Entry) : entry));
  };
const without =
  (type: Entry['type']): Spoil =>
  (entries) => {
    const target = first(entries, type);
    return entries.filter((entry) => entry !== target);
  };

/** What is done to the lines, by the gates that read what was spoilt; the run must not pass in any case. */
const SPOILS: { how: string; spoil: Spoil; gates: string[] }[] = (() => {
  const values = ['proof/absolute', 'proof/fix', 'proof/guardrail'];
  const all = [...values, 'proof/load/facts'];
  return [
    { how: 'removed', spoil: without('observation'), gates: values },
    { how: 'removed', spoil: without('fact'), gates: ['proof/load/facts'] },
    { how: 'truncated', spoil: (entries) => entries.slice(0, Math.floor(entries.length / 2)), gates: all },
    { how: 'truncated to nothing', spoil: () => [], gates: all },
    { how: 'NaN', spoil: changed('observation', { values: [Number.NaN] }), gates: values },
    { how: 'one arm', spoil: (entries) => entries.filter((entry) => !ofCandidate(entry)), gates: all },
    {
      how: 'one arm',
      spoil: (entries) => entries.filter((entry) => !('arm' in entry) || entry.arm === 'candidate'),
      gates: ['proof/fix', 'proof/guardrail'],
    },
    { how: 'wrong unit', spoil: changed('observation', { unit: 's' }), gates: values },
    { how: 'clock backwards', spoil: changed('observation', { t0: momentAt(3_000) }), gates: values },
    { how: 'clock backwards', spoil: changed('check-ended', { at: momentAt(-100) }), gates: all },
  ];
})();

export function closed(context: Context): Figure[] {
  const honest = passingRun(context.seed, undefined);
  const before = judge(honest);
  const kinds = new Map<string, Set<string>>();
  const open: string[] = [];
  for (const { how, spoil, gates } of SPOILS) {
    const run = judge({ ...honest, entries: spoil(honest.entries) });
    if (run.verdict === 'pass') open.push(`the run, ${how}`);
    for (const id of gates) {
      const gate = run.gates.find((one) => one.id === id);
      if (gate === undefined || gate.verdict === 'pass') open.push(`${id}, ${how}`);
      kinds.set(id, (kinds.get(id) ?? new Set()).add(how));
    }
  }
  const ways = [...kinds.values()].reduce((sum, hows) => sum + hows.size, 0);
  return [
    {
      promise: 'closed',
      of: 'a spoilt run of each kind of gate: removed, truncated, NaN, one arm, wrong unit, clock backwards',
      required: 'never pass',
      measured:
        before.verdict !== 'pass'
          ? `the honest run is ${before.verdict}`
          : open.length === 0
            ? `0 of ${ways} pass`
            : `pass: ${open.join(', ')}`,
      met: before.verdict === 'pass' && open.length === 0,
    },
  ];
}

export function repeatable(context: Context): Figure[] {
  const runs = context.quick ? 3 : 20;
  let same = 0;
  for (let run = 0; run < runs; run++) {
    context.progress('repeatable', run, runs);
    const saved = passingRun(context.seed + 80_000_003 + run, 2);
    const draws = new Draws(context.seed + run);
    const shuffled = saved.entries
      .map((entry) => ({ entry, at: draws.uniform() }))
      .sort((a, b) => a.at - b.at)
      .map(({ entry }) => entry);
    const bytes = (entries: readonly Entry[]) => JSON.stringify(judge({ ...saved, entries }));
    const once = bytes(saved.entries);
    same += Number(once === bytes(saved.entries) && once === bytes(shuffled));
  }
  return [
    {
      promise: 'repeatable',
      of: 'a run judged again, and with its lines in another order',
      required: 'the same run.json, byte for byte',
      measured: `${same} of ${runs} the same`,
      met: same === runs,
    },
  ];
}
