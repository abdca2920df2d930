/** Two runs held against each other: what is new, fixed, worse or better beyond noise, and what else was not alike. */
import type { Change, Comparison } from '../schema/comparison.ts';
import type { Gate, Run } from '../schema/run.ts';
import { clopperPearson } from '../statistics/proportion.ts';
import { earlierOf } from './earlier.ts';

/** Compares `after` with `before`. Gates come in the order of `after`, those that it no longer has at the end. */
export function compareRuns(before: Run, after: Run): Comparison {
  const earlier = new Map(before.gates.map((gate) => [gate.id, gate]));
  const later = new Set(after.gates.map((gate) => earlierOf(gate, earlier)));
  const gates = after.gates.map((gate) => compareGates(earlierOf(gate, earlier), gate));
  for (const gate of before.gates) {
    if (later.has(gate)) continue;
    const reason = `${before.id} judged it, ${after.id} did not`;
    gates.push({ id: gate.id, change: 'missing', before: sideOf(gate), reason });
  }
  return { schemaVersion: 1, before: before.id, after: after.id, provenance: compareProvenance(before, after), gates };
}

type GateComparison = Comparison['gates'][number];

function compareGates(before: Gate | undefined, after: Gate): GateComparison {
  const { id } = after;
  if (before === undefined) return { id, change: 'added', after: sideOf(after), reason: after.reason };
  const sides = { before: sideOf(before), after: sideOf(after) };
  const redefined = DEFINITION.filter((key) => before[key] !== after[key]);
  if (redefined.length > 0) {
    const told = redefined.map((key) => `${key} ${before[key] ?? 'none'} → ${after[key] ?? 'none'}`).join(', ');
    return { id, change: 'redefined', ...sides, reason: `the promise is another one: ${told}` };
  }
  const passed = before.verdict === 'pass';
  const passes = after.verdict === 'pass';
  if (passed !== passes) return { id, change: passes ? 'fixed' : 'new', ...sides, reason: after.reason };
  return { id, ...movement(before, after), ...sides };
}

/** What a value must have in common with another to be comparable with it. */
const DEFINITION = ['kind', 'measure', 'statistic', 'threshold', 'operator', 'limit', 'tolerance', 'unit'] as const;

/**
 * By more than noise: the intervals of the two runs have no value in common; of a guardrail, whose interval tells only how
 * its own pairs differed, the values are further apart than either run's noise floor besides. What was not judged to its
 * end has not moved: what is missing may be what was bad.
 */
function movement(before: Gate, after: Gate): { change: Change; reason: string } {
  if (isUnknown(before) || isUnknown(after)) return same('it was not judged to its end in both runs');
  const [was, is] = [spreadOf(before), spreadOf(after)];
  if (was === undefined || is === undefined)
    return same('from one run nobody knows by how much it differs from run to run');
  const isApart = was.low > is.high || is.low > was.high;
  const floor = Math.max(before.noiseFloor ?? 0, after.noiseFloor ?? 0);
  if (!isApart || Math.abs(is.value - was.value) <= floor) return same('no difference beyond noise');
  const lowerIsBetter = after.operator === '<=' || after.operator === '<';
  const isBetter = lowerIsBetter ? is.value < was.value : is.value > was.value;
  return { change: isBetter ? 'better' : 'worse', reason: 'the intervals of the two runs have no value in common' };
}

function same(reason: string): { change: Change; reason: string } {
  return { change: 'same', reason };
}

function isUnknown({ verdict }: Gate): boolean {
  return verdict === 'error' || verdict === 'no-data';
}

/**
 * Between which values another run like this one may be expected. The gate's own interval, but of a count, which is judged
 * as what happened, that of its share of all samples; none of an extreme, which one sample makes, nor where an end is open.
 */
function spreadOf({ kind, statistic, candidate }: Gate): { value: number; low: number; high: number } | undefined {
  const { value, low, high, samples } = candidate;
  if (value === null || low === null || high === null) return undefined;
  if (kind === 'guardrail') return { value, low, high };
  if (statistic === 'max' || statistic === 'min') return undefined;
  if (statistic !== 'count-above' && statistic !== 'facts-broken') return { value, low, high };
  return samples === 0 ? undefined : { value: value / samples, ...clopperPearson(value, samples) };
}

function sideOf({ verdict, candidate, waived }: Gate) {
  return { verdict, value: candidate.value, ...(waived === undefined ? {} : { waived: true as const }) };
}

function compareProvenance(before: Run, after: Run): Comparison['provenance'] {
  const [was, is] = [describe(before), describe(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((what) => {
    const [b, a] = [was.get(what) ?? 'none', is.get(what) ?? 'none'];
    return b === a ? [] : [{ what, before: b, after: a }];
  });
}

function describe({ product, scope, provenance, ended }: Run): Map<string, string> {
  const { commit, dirty, arms, promisesSha256, node, os, cpu, cores, memory_bytes, components } = provenance;
  return new Map([
    ['product', product],
    ['commit', `${commit ?? 'not known'}${dirty ? ' with uncommitted changes' : ''}`],
    ['baseline', arms.baseline],
    ['candidate', arms.candidate],
    ['profile', scope.profile],
    ['narrowed by', scope.narrowedBy.join(' ') || 'nothing'],
    ['ended', ended],
    ['promises', promisesSha256],
    ['node', node],
    ['system', os],
    ['processor', `${cores} × ${cpu}`],
    ['memory', `${Math.round(memory_bytes / 2 ** 30)} GiB`],
    ...components.map(({ name, version, provider }): [string, string] => [
      name,
      `${version ?? 'none'} from ${provider ?? 'nowhere'}`,
    ]),
  ]);
}
