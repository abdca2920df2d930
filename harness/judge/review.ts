/** What can be believed of one planned execution of a check: did it run to its end, are all its lines there, do they make sense. */
import type { Arm, Fact } from '../schema/entry.ts';
import type { PlannedCheck } from '../schema/scope.ts';
import { countBatch, emptyTally, type Tally } from '../schema/tally.ts';
import { byText, type Execution } from './executions.ts';
import type { Problem } from './problem.ts';
import { type BelievedSamples, believedSamples, byBlock } from './samples.ts';

export interface Review {
  planned: PlannedCheck;
  arm: Arm;
  replicate: number;
  /** The lines themselves, of the last attempt at its pair; undefined when there are none. */
  execution: Execution | undefined;
  /** The attempts before. */
  replaced: Execution[];
  /** Whatever keeps every gate of this execution from being judged; an error of its own course is not among them. */
  problems: Problem[];
  /** The check ended with an error: its gates are not known, but of its own course no line of the run is missing for it. */
  failure: Problem | undefined;
  /** By measure, the planned ones only. */
  samples: Map<string, BelievedSamples>;
  /** By name, a broken one first; see `withAttempts` of voided.ts for those of the attempts before. */
  facts: Fact[];
}

/** `acme-7/reconnects on the candidate, replicate 2`. */
export function whereIs(check: string, arm: Arm, replicate: number, replicates: number): string {
  return `${check} on the ${arm}${replicates > 1 ? `, replicate ${replicate}` : ''}`;
}

export function reviewExecution(
  planned: PlannedCheck,
  arm: Arm,
  replicate: number,
  execution: Execution | undefined,
  blocked: readonly Problem[],
  runStartedAt: string,
): Review {
  const where = whereIs(planned.id, arm, replicate, planned.replicates);
  const clock = clockProblems(execution, runStartedAt, where);
  const problems = [...blocked];
  // A check whose component could not be had is not started: one reason is enough.
  if (execution !== undefined || blocked.length === 0) problems.push(...endProblems(execution, where));
  problems.push(...clock, ...tallyProblems(execution, where));
  const failure = failureOf(execution, where);
  // What the harness did not bring to its end says nothing about the release, on whichever arm.
  if (failure !== undefined && execution?.ended.some((end) => end.endedBy === 'harness')) problems.push(failure);
  const samples = new Map<string, BelievedSamples>();
  for (const [measure, unit] of Object.entries(planned.measures)) {
    const reviewed = believedSamples(execution?.batches.get(measure) ?? [], unit, where);
    // Samples of an execution whose clock is in doubt, or that the harness has spoilt, prove nothing.
    samples.set(measure, clock.length === 0 && !isVoided(execution) ? reviewed : { ...reviewed, batches: [] });
  }
  const facts = [...(execution?.facts ?? [])].sort(byName);
  return { planned, arm, replicate, execution, replaced: [], problems, failure, samples, facts };
}

/** It ended because the harness itself had spoilt what it measured. */
export function isVoided(execution: Execution | undefined): boolean {
  return execution?.ended.some((end) => end.status === 'voided') ?? false;
}

function byName(a: Fact, b: Fact): number {
  return byText(a.name, b.name) || Number(a.holds) - Number(b.holds) || byText(a.evidence ?? '', b.evidence ?? '');
}

function endProblems(execution: Execution | undefined, where: string): Problem[] {
  const problems: Problem[] = [];
  const started = execution?.started ?? [];
  const ended = execution?.ended ?? [];
  if (started.length > 1) problems.push({ verdict: 'error', says: `${where} was started ${started.length} times` });
  if (ended.length > 1) problems.push({ verdict: 'error', says: `${where} ended ${ended.length} times` });
  if (started.length === 0) problems.push({ verdict: 'no-data', says: `${where} was never started` });
  else if (ended.length === 0 || ended.some((end) => end.status === 'interrupted')) {
    problems.push({ verdict: 'no-data', says: `${where} did not finish` });
  }
  return problems;
}

/** The run begins, then the check, then its batches, then the check ends: whatever says otherwise cannot be believed. */
function clockProblems(execution: Execution | undefined, runStartedAt: string, where: string): Problem[] {
  if (execution === undefined) return [];
  const batches = [...execution.batches.values()].flat();
  const course = [
    { what: 'the run began', moments: [runStartedAt] },
    { what: `${where} started`, moments: execution.started.map((start) => start.at) },
    { what: `a batch of ${where} began`, moments: batches.map(({ observation }) => observation.t0) },
    { what: `${where} ended`, moments: execution.ended.map((end) => end.at) },
  ];
  const problems: Problem[] = [];
  let before = { what: 'the run began', at: runStartedAt };
  for (const { what, moments } of course) {
    let earliest = moments[0] ?? before.at;
    let latest = earliest;
    for (const moment of moments) {
      if (Date.parse(moment) < Date.parse(earliest)) earliest = moment;
      if (Date.parse(moment) > Date.parse(latest)) latest = moment;
    }
    if (!(Date.parse(earliest) >= Date.parse(before.at))) {
      problems.push({
        verdict: 'error',
        says: `the clock went backwards: ${before.what} at ${before.at}, ${what} at ${earliest}`,
      });
    }
    if (Date.parse(latest) > Date.parse(before.at)) before = { what, at: latest };
  }
  return problems;
}

function tallyProblems(execution: Execution | undefined, where: string): Problem[] {
  const [end] = execution?.ended ?? [];
  if (execution === undefined || end === undefined) return [];
  const seen = tallyOf(execution);
  const differing: string[] = [];
  if (seen.facts !== end.tally.facts) differing.push(`${end.tally.facts} facts, ${seen.facts} are here`);
  const measures = new Set([...Object.keys(seen.measures), ...Object.keys(end.tally.measures)]);
  for (const measure of [...measures].sort(byText)) {
    const wrote = countOf(end.tally, measure);
    const here = countOf(seen, measure);
    if (wrote.observations !== here.observations)
      differing.push(`${wrote.observations} observations of ${measure}, ${here.observations} are here`);
    if (wrote.values !== here.values) differing.push(`${wrote.values} values of ${measure}, ${here.values} are here`);
    else if (wrote.sum !== here.sum) differing.push(`other values of ${measure} than are here: their sum differs`);
  }
  return differing.map((what) => ({ verdict: 'error', says: `lines do not add up: ${where} wrote ${what}` }));
}

function tallyOf({ batches, facts }: Execution): Tally {
  const tally = emptyTally();
  tally.facts = facts.length;
  for (const [measure, ofMeasure] of batches) {
    for (const { observation } of [...ofMeasure].sort(byBlock)) countBatch(tally, measure, observation.values);
  }
  return tally;
}

function countOf({ measures }: Tally, measure: string): Tally['measures'][string] {
  return (Object.hasOwn(measures, measure) && measures[measure]) || { observations: 0, values: 0, sum: 0 };
}

function failureOf(execution: Execution | undefined, where: string): Problem | undefined {
  const failed = execution?.ended.filter((end) => end.status === 'error') ?? [];
  if (failed.length === 0) return undefined;
  const message = failed.map((end) => end.error ?? 'no message').sort(byText)[0] as string;
  return { verdict: 'error', says: `${where} ended with an error: ${message.split('\n', 1)[0]}` };
}
