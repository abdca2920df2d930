/** Numbers for readers: one way to write a value, an interval, a limit and a duration, shared by all reporters. */
import type { CheckReport, Estimate, Gate, LooksReport } from '../schema/run.ts';
import { SIGNS, scaleOf } from '../schema/units.ts';

/** Units that say nothing beside the number. */
const COUNTS = new Set(['', '1', 'count', 'facts']);

const formats = new Map<number, Intl.NumberFormat>();

/** A number in English notation with at most `digits` significant digits. */
export function number(value: number, digits = 3): string {
  let format = formats.get(digits);
  if (format === undefined) {
    format = new Intl.NumberFormat('en', { maximumSignificantDigits: digits });
    formats.set(digits, format);
  }
  return format.format(value === 0 ? 0 : value);
}

/** Shortest text with all digits before the point in which `value` and `other` still differ, so that rounding hides no breach. */
function distinct(value: number, other: number | undefined, least: number): string {
  const whole = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
  for (let digits = Math.max(least, whole); digits < 15; digits++) {
    const text = number(value, digits);
    if (other === undefined || other === value || text !== number(other, digits)) return text;
  }
  return number(value, 15);
}

/**
 * A value with its unit at a readable scale: `quantity(41_200, 'ms')` is `41.2 s`.
 * Beside another value it is written so that both can be compared: at the other's scale unless they are far apart, and
 * with as many digits as it takes to differ from it: 60,004 ms beside 60,000 ms is `60.004 s`.
 */
export function quantity(value: number, unit: string, beside?: number): string {
  const scaled = (per: number, least: number) =>
    distinct(value / per, beside === undefined ? undefined : beside / per, least);
  if (unit === 'fraction') return `${scaled(0.01, 3)} %`;
  const scale = scaleOf(value, unit, beside);
  if (scale !== undefined) return `${scaled(scale.per, 3)} ${scale.name}`;
  const text = scaled(1, Number.isInteger(value) ? 15 : 4);
  return COUNTS.has(unit) ? text : `${text} ${unit.replaceAll('_', ' ')}`;
}

/** How many of `unit` make one of the unit that `quantity` writes this value in: 60,000 for 5 minutes in `ms`. */
export function unitsAt(value: number, unit: string, beside?: number): number {
  return scaleOf(value, unit, beside)?.per ?? 1;
}

/** The unit a gate's estimate and limit are in, which for a count or a share is not the measure's. */
export function unitOf(gate: Gate): string {
  if (gate.kind === 'guardrail' || gate.statistic === 'share-above') return 'fraction';
  return gate.statistic === 'count-above' || gate.statistic === 'facts-broken' ? 'count' : gate.unit;
}

/** Gates whose value is how many of the samples. */
function isCount({ statistic }: Gate): boolean {
  return statistic === 'count-above' || statistic === 'facts-broken';
}

/** A value in the gate's unit; a guardrail's is a change and has its sign: `+3.2 %`. */
function amount(gate: Gate, value: number, beside?: number): string {
  const text = quantity(value, unitOf(gate), beside);
  return gate.kind === 'guardrail' && value > 0 ? `+${text}` : text;
}

/** `≤ 60 s`, with its sign for a count too, of a guardrail `≤ +5 %`: beside a drawing, or as a rule. */
export function boundText(gate: Gate): string {
  return `${SIGNS[gate.operator]} ${amount(gate, gate.limit)}`;
}

/** The smallest change that a guardrail's pairs would have called: `+12 %`; undefined for other gates. */
export function detectableText(gate: Gate): string | undefined {
  if (gate.minimumDetectable === undefined) return undefined;
  return gate.minimumDetectable === null ? 'nothing with so few pairs' : amount(gate, gate.minimumDetectable);
}

/** By how much a release seems to differ from itself in this run: `+3.1 %`; undefined for gates without a noise floor. */
export function noiseFloorText(gate: Gate): string | undefined {
  if (gate.noiseFloor === undefined) return undefined;
  return gate.noiseFloor === null ? 'not known with so few pairs' : amount(gate, gate.noiseFloor, gate.limit);
}

/** `fail called after pair 8 of 32 (16 samples)`, or that no look was certain. */
export function calledText({ called, most, sequence }: LooksReport): string {
  const made = sequence.at(-1)?.pairs ?? 0;
  if (called !== null) {
    const samples = called.samples === called.pairs ? '' : ` (${counted(called.samples, 'sample')})`;
    return `${called.verdict} called after pair ${number(called.pairs, 15)} of ${number(most, 15)}${samples}`;
  }
  if (made < most) return `not called in ${counted(made, 'look')}, of at most ${number(most, 15)}`;
  return `not called in ${counted(made, 'look')}: judged by all that the budget allows`;
}

/** The limit beside a value: `≤ 60 s`, and of a count `0 allowed`. */
export function limitText(gate: Gate): string {
  if (!isCount(gate)) return boundText(gate);
  const limit = number(gate.limit, 15);
  return {
    '<=': `${limit} allowed`,
    '<': `fewer than ${limit} allowed`,
    '>=': `${limit} or more needed`,
    '>': `more than ${limit} needed`,
  }[gate.operator];
}

/** What is computed, in words that stand beside the number: `max`, `p95`, `over 5 s`, `channels missing`, `broken`. */
export function statisticText(gate: Gate): string {
  if (gate.statistic === 'facts-broken') return 'broken';
  if (gate.threshold === undefined) return gate.statistic;
  if (gate.threshold === 0) return gate.measure.replaceAll('_', ' ');
  return `over ${quantity(gate.threshold, gate.unit)}`;
}

/** The value alone, `41.2 s` or `0 of 48`, or `no samples` when there were none to compute it from. */
export function valueText(gate: Gate, estimate: Estimate | undefined): string {
  if (estimate === undefined || estimate.value === null) return 'no samples';
  const value = amount(gate, estimate.value, gate.limit);
  return isCount(gate) ? `${value} of ${number(estimate.samples, 15)}` : value;
}

/** The value with its statistic: `max 41.2 s`, `0 of 48 over 30 s`, `0 of 9 broken`. */
export function measuredText(gate: Gate, estimate: Estimate | undefined): string {
  if (estimate === undefined || estimate.value === null) return 'no samples';
  const value = valueText(gate, estimate);
  const after = gate.statistic === 'facts-broken' || gate.threshold !== undefined;
  return after ? `${value} ${statisticText(gate)}` : `${statisticText(gate)} ${value}`;
}

/**
 * What the baseline showed, for a place beside the candidate's: `412 s`, `48 of 48`, `2 of 9 broken`; undefined when it
 * was not judged. A baseline that broke down on the way recorded fewer facts than the candidate, and that is said.
 */
export function baselineText(gate: Gate): string | undefined {
  const { baseline, candidate } = gate;
  if (baseline === undefined) return undefined;
  if (gate.kind !== 'facts') return valueText(gate, baseline);
  const short = baseline.value !== null && baseline.samples < candidate.samples;
  const seen = short ? `, ${number(baseline.samples, 15)} of ${number(candidate.samples, 15)} seen` : '';
  return `${measuredText(gate, baseline)}${seen}`;
}

/** `[38 s, 44 s]`, with ∞ on an open side; undefined when the interval is the value itself or there is none. */
export function intervalText(gate: Gate, estimate: Estimate | undefined): string | undefined {
  if (estimate === undefined || estimate.value === null) return undefined;
  const { value, low, high } = estimate;
  if (low === value && high === value) return undefined;
  const from = low === null ? '(−∞' : `[${amount(gate, low, gate.limit)}`;
  const to = high === null ? '∞)' : `${amount(gate, high, gate.limit)}]`;
  return `${from}, ${to}`;
}

/** Wall-clock time in the two largest units: `9 min 12 s`, `48 h 0 min`. Under a minute `41.2 s`, under a second `412 ms`. */
export function durationText(duration_ms: number): string {
  if (duration_ms < 59_950) return quantity(Math.max(0, Math.round(duration_ms)), 'ms');
  const seconds = Math.round(duration_ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${number(Math.floor(minutes / 60), 9)} h ${minutes % 60} min`;
}

/** How long a check took, or that it did not end. */
export function tookText(check: CheckReport): string {
  return hasEnded(check) ? durationText(check.duration_ms) : 'did not end';
}

/** False for a check none of whose executions ended: the judge has no time for it. */
export function hasEnded({ status, duration_ms }: CheckReport): boolean {
  return status !== 'interrupted' || duration_ms > 0;
}

/** `2026-09-17 10:04:31 UTC`, from an ISO moment in UTC. */
export function momentText(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 19)} UTC`;
}

/** `1 gate`, `31 gates`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${number(count, 15)} ${count === 1 ? noun : nouns}`;
}
