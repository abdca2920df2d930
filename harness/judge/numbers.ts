/** Numbers as a reader wants them: en-US, three digits, and never rounded onto the limit they are compared with, nor across it. */

import { scaleOf } from '../schema/units.ts';

/** By significant digits; made once, because making one costs more than judging a gate. */
const formats = Array.from(
  { length: 18 },
  (_, digits) => new Intl.NumberFormat('en-US', { maximumSignificantDigits: Math.max(1, digits) }),
);

function withDigits(value: number, digits: number): string {
  return (formats[digits] as Intl.NumberFormat).format(value);
}

/** All digits of a number that somebody wrote down: 30,000 · 0.05. */
export function exactly(value: number): string {
  return withDigits(value, 17);
}

/** Three significant digits, every digit left of the point, and as many more as leave the value on its side of `beside`. */
export function readable(value: number, beside?: number): string {
  const whole = Math.abs(value) >= 1 ? Math.floor(Math.log10(Math.abs(value))) + 1 : 1;
  for (let digits = Math.max(3, whole); digits < 17; digits++) {
    const text = withDigits(value, digits);
    if (beside === undefined || sideOf(Number(text.replaceAll(',', '')), beside) === sideOf(value, beside)) return text;
  }
  return exactly(value);
}

/** Below (-1), at (0) or above (1). */
function sideOf(value: number, beside: number): number {
  return Math.sign(value - beside);
}

/** A share in percent, without the noise that the multiplication leaves: 0.07 is 7, not 7.000000000000001. */
export function inPercent(share: number): number {
  return Number((100 * share).toPrecision(15));
}

export function percent(share: number, beside?: number): string {
  return `${readable(inPercent(share), beside === undefined ? undefined : inPercent(beside))} %`;
}

export function withUnit(text: string, unit: string): string {
  return `${text} ${unit}`;
}

/** A value in its unit at a readable scale, told apart from `beside`: `41.2 s` for 41,234 of `ms`. */
export function quantity(value: number, unit: string, beside?: number): string {
  const { per, name } = scaleOf(value, unit, beside) ?? { per: 1, name: unit };
  return withUnit(readable(value / per, beside === undefined ? undefined : beside / per), name);
}

/** The same with all digits of a number that somebody wrote down. */
export function exactQuantity(value: number, unit: string): string {
  const { per, name } = scaleOf(value, unit) ?? { per: 1, name: unit };
  return withUnit(exactly(Number((value / per).toPrecision(15))), name);
}
