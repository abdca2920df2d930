/** Two runs held against each other: what is new, fixed, worse or better beyond noise, and what else was not alike. */
import type { Change, Comparison } from '../schema/comparison.ts';
import type { Estimate, Gate, Run } from '../schema/run.ts';

/** Compares `after` with `before`. Gates come in the order of `after`, those that it no longer has at the end. */
export function compareRuns(before: Run, after: Run): Comparison {
  const earlier = new Map(before.gates.map((gate) => [gate.id, gate]));
  const later = new Set(after.gates.map(({ id }) => id));
  const gates = after.gates.map((gate) => compareGates(earlier.get(gate.id), gate));
  for (const gate of before.gates) {
    if (later.has(gate.id)) continue;
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
 * By more than noise: the two intervals have no value in common; of a guardrail, whose interval tells only how its own
 * pairs differed, by more than either run's noise floor besides. Where there is no interval nothing is known.
 */
function movement(before: Gate, after: Gate): { change: Change; reason: string } {
  const [was, is] = [before.candidate.value, after.candidate.value];
  if (was === null || is === null) return { change: 'same', reason: 'there is no value to compare' };
  const isApart = above(before.candidate, after.candidate) || above(after.candidate, before.candidate);
  const floor = Math.max(before.noiseFloor ?? 0, after.noiseFloor ?? 0);
  if (!isApart || Math.abs(is - was) <= floor) return { change: 'same', reason: 'no difference beyond noise' };
  const lowerIsBetter = after.operator === '<=' || after.operator === '<';
  const isBetter = lowerIsBetter ? is < was : is > was;
  return { change: isBetter ? 'better' : 'worse', reason: 'the intervals of the two runs have no value in common' };
}

/** Whether all of `one` lies above all of `other`. */
function above(one: Estimate, other: Estimate): boolean {
  return one.low !== null && other.high !== null && one.low > other.high;
}

function sideOf(gate: Gate) {
  return { verdict: gate.verdict, value: gate.candidate.value };
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
