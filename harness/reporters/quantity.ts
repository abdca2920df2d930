/** Numbers for readers: one way to write a value, an interval, a limit and a duration, shared by all reporters. */
import type { Estimate, Gate } from '../schema/run.ts';

type Scale = { per: number; from: number; name: string };

const TIME: Scale[] = [
  { per: 3_600_000, from: 7_200_000, name: 'h' },
  { per: 60_000, from: 120_000, name: 'min' },
  { per: 1000, from: 1000, name: 's' },
  { per: 1, from: 1, name: 'ms' },
  { per: 0.001, from: 0, name: 'µs' },
];
const BYTES: Scale[] = [
  { per: 2 ** 30, from: 2 ** 30, name: 'GiB' },
  { per: 2 ** 20, from: 2 ** 20, name: 'MiB' },
  { per: 2 ** 10, from: 2 ** 10, name: 'KiB' },
  { per: 1, from: 0, name: 'B' },
];

type Family = { scales: Scale[]; base: number };

/** Units that are written at a readable scale: how many of the family's base unit one of them is. */
const FAMILIES: Record<string, Family> = {
  us: { scales: TIME, base: 0.001 },
  ms: { scales: TIME, base: 1 },
  s: { scales: TIME, base: 1000 },
  bytes: { scales: BYTES, base: 1 },
};

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
function distinct(value: number, other: number | undefined, per: number, least: number): string {
  const whole = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value / per))) + 1;
  for (let digits = Math.max(least, whole); digits < 15; digits++) {
    const text = number(value / per, digits);
    if (other === undefined || other === value || text !== number(other / per, digits)) return text;
  }
  return number(value / per, 15);
}

/**
 * A value with its unit at a readable scale: `quantity(41_200, 'ms')` is `41.2 s`.
 * Beside another value it is written so that both can be compared: at the other's scale unless they are far apart, and
 * with as many digits as it takes to differ from it: 60,004 ms beside 60,000 ms is `60.004 s`.
 */
export function quantity(value: number, unit: string, beside?: number): string {
  if (unit === 'fraction') {
    return `${distinct(value * 100, beside === undefined ? undefined : beside * 100, 1, 3)}%`;
  }
  const family = FAMILIES[unit];
  if (family !== undefined) {
    const { per, name } = scaleOf(family, value, beside);
    const inBase = (one: number | undefined) => (one === undefined ? undefined : one * family.base);
    return `${distinct(value * family.base, inBase(beside), per, 3)} ${name}`;
  }
  const text = distinct(value, beside, 1, Number.isInteger(value) ? 15 : 4);
  return COUNTS.has(unit) ? text : `${text} ${unit.replaceAll('_', ' ')}`;
}

/** Values up to this many times larger or smaller are written at one scale. */
const COMPARABLE = 100;

/** How many of `unit` make one of the unit that `quantity` writes this value in: 60,000 for 5 minutes in `ms`. */
export function unitsAt(value: number, unit: string, beside?: number): number {
  const family = FAMILIES[unit];
  return family === undefined ? 1 : scaleOf(family, value, beside).per / family.base;
}

function scaleOf({ scales, base }: Family, value: number, beside = 0): Scale {
  const ratio = Math.abs(value / beside);
  const comparable = ratio <= COMPARABLE && ratio >= 1 / COMPARABLE;
  const model = value === 0 ? beside || 1 : comparable ? beside : value;
  const size = Math.abs(model) * base;
  return scales.find(({ from }) => size >= from) as Scale;
}

/** The unit a gate's estimate and limit are in, which for a count or a share is not the measure's. */
export function unitOf(gate: Gate): string {
  if (gate.kind === 'guardrail' || gate.statistic === 'share-above') return 'fraction';
  return gate.statistic === 'count-above' || gate.statistic === 'facts-broken' ? 'count' : gate.unit;
}

const SIGNS: Record<Gate['operator'], string> = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' };

/** A value in the gate's unit; a guardrail's is a change and has its sign: `+3.2%`. */
function amount(gate: Gate, value: number, beside?: number): string {
  const text = quantity(value, unitOf(gate), beside);
  return gate.kind === 'guardrail' && value > 0 ? `+${text}` : text;
}

/** `≤ 60 s`, of a guardrail `≤ +5%` */
export function limitText(gate: Gate): string {
  return `${SIGNS[gate.operator]} ${amount(gate, gate.limit)}`;
}

/** The smallest change that a guardrail's pairs would have called: `+12%`; undefined for other gates. */
export function detectableText(gate: Gate): string | undefined {
  if (gate.minimumDetectable === undefined) return undefined;
  return gate.minimumDetectable === null ? 'nothing with so few pairs' : amount(gate, gate.minimumDetectable);
}

/** What is computed, in words that stand after the number: `max`, `p95`, `above 5 s`, `broken`. */
export function statisticText(gate: Gate): string {
  if (gate.statistic === 'facts-broken') return 'broken';
  if (gate.threshold === undefined) return gate.statistic;
  return `above ${quantity(gate.threshold, gate.unit)}`;
}

/** The value alone, `41.2 s`, or `no samples` when there were no samples to compute it from. */
export function valueText(gate: Gate, estimate: Estimate | undefined): string {
  if (estimate === undefined || estimate.value === null) return 'no samples';
  return amount(gate, estimate.value, gate.limit);
}

/** The value with its statistic: `max 41.2 s`, `3 above 5 s`, `0 broken`. */
export function measuredText(gate: Gate, estimate: Estimate | undefined): string {
  if (estimate === undefined || estimate.value === null) return 'no samples';
  const value = valueText(gate, estimate);
  const after = gate.statistic === 'facts-broken' || gate.threshold !== undefined;
  return after ? `${value} ${statisticText(gate)}` : `${statisticText(gate)} ${value}`;
}

/** What the baseline showed, for a place beside the candidate's: `412 s`, `2 broken`; undefined when it was not judged. */
export function baselineText(gate: Gate): string | undefined {
  if (gate.baseline === undefined) return undefined;
  return gate.kind === 'facts' ? measuredText(gate, gate.baseline) : valueText(gate, gate.baseline);
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

/** `2026-09-17 10:04:31 UTC`, from an ISO moment in UTC. */
export function momentText(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 19)} UTC`;
}

/** `1 gate`, `31 gates`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${number(count, 15)} ${count === 1 ? noun : nouns}`;
}
