/**
 * The regularised incomplete beta function I_x(a, b) and its inverse: the distribution function of the beta distribution,
 * and through it that of the binomial one. Everything exact in this folder rests on it.
 */
import { StatisticsInputError } from './input-error.ts';

/** It takes the more steps the larger a and b are: 889 for both 5e6, 4,208 for both 5e8, at worst. */
const LARGEST_ITERATION = 10_000;
const TINY = 1e-300;

/**
 * ln Γ(z + 1) less Stirling's formula. Series above 16; below it by recurrence, which needs no table and loses nothing.
 * Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000).
 */
function stirlingError(z: number): number {
  let below = 0;
  let at = z;
  for (; at < 16; at++) below += (at + 0.5) * Math.log1p(1 / at) - 1;
  const square = at * at;
  const series =
    (1 / 12 -
      (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / square) / square) / square) / square) / square) /
    at;
  return below + series;
}

/** x·ln(x/mean) + mean − x without the cancellation near x = mean. Source: Loader (2000), `bd0`. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let power = 2 * x * v;
  for (let j = 1; ; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** x^a (1 − x)^b / B(a, b) in Loader's saddle-point form, exact to some 1e-14 also where ln Γ alone would lose nine digits. */
function kernel(x: number, a: number, b: number): number {
  const n = a + b;
  const exponent =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * (1 - x));
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(exponent);
}

/** The continued fraction of I_x(a, b), DLMF 8.17.22, evaluated by the modified Lentz method (Numerical Recipes, §6.4). */
function continuedFraction(x: number, a: number, b: number): number {
  const away = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= LARGEST_ITERATION; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 3e-16) break;
  }
  return fraction;
}

/**
 * I_x(a, b): the probability that a beta(a, b) variable is at most `x`. Good to about 1e-12 for a + b up to 1e7.
 * @throws StatisticsInputError unless a and b are positive and x is in [0, 1]
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) {
    throw new StatisticsInputError(`I_x(a, b) needs a > 0, b > 0 and x in [0, 1], not x ${x}, a ${a}, b ${b}`);
  }
  if (x === 0 || x === 1) return x;
  const front = kernel(x, a, b);
  // The fraction converges quickly on the near side of the mean only; I_x(a, b) = 1 − I_{1−x}(b, a) gives the other.
  if (x < (a + 1) / (a + b + 2)) return (front * continuedFraction(x, a, b)) / a;
  return 1 - (front * continuedFraction(1 - x, b, a)) / b;
}

/**
 * The x at which I_x(a, b) is `probability`: Newton's method kept inside a bracket, which bisects where Newton would leave it.
 * @throws StatisticsInputError unless a and b are positive and the probability is in [0, 1]
 */
export function inverseIncompleteBeta(probability: number, a: number, b: number): number {
  if (!(probability >= 0 && probability <= 1)) {
    throw new StatisticsInputError(`a probability is in [0, 1], not ${probability}`);
  }
  if (probability === 0 || probability === 1) return probability;
  let low = 0;
  let high = 1;
  let x = a / (a + b);
  for (let step = 0; step < 200; step++) {
    const excess = incompleteBeta(x, a, b) - probability;
    if (excess === 0) return x;
    if (excess > 0) high = x;
    else low = x;
    const newton = x - (excess * x * (1 - x)) / kernel(x, a, b);
    const next = newton > low && newton < high ? newton : low + (high - low) / 2;
    if (Math.abs(next - x) <= 2e-16 * x || next === low || next === high) return next;
    x = next;
  }
  return x;
}
