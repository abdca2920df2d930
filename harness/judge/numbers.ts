/** Numbers as a reader wants them: en-US, three digits, and never rounded onto the limit they are compared with, nor across it. */

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
