/** What is commonly done instead, on the same data: to show what the judge's care is for. */
import { quantileOf } from '../statistics/quantile.ts';
import { studentQuantile } from '../statistics/student.ts';
import type { Point } from '../statistics/theil-sen.ts';
import type { PairValues } from './measurement.ts';

/** One-sided z at 0.05. */
const Z = 1.645;
const MARGIN = 1.05;

/** The p95 of all the candidate's requests is more than 5 % over the baseline's. */
export function plainThresholdFails(values: readonly PairValues[]): boolean {
  const p95 = (arm: keyof PairValues) =>
    quantileOf(
      values.map((pair) => pair[arm]),
      95,
    ) as number;
  return p95('candidate') > MARGIN * p95('baseline');
}

/** Least squares finds a slope at 95 %, as if the samples were independent. */
export function leastSquaresFindsSlope(points: readonly Point[]): boolean {
  const mean = (of: keyof Point) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x0, y0] = [mean('x'), mean('y')];
  let [xx, xy, yy] = [0, 0, 0];
  for (const { x, y } of points) {
    xx += (x - x0) ** 2;
    xy += (x - x0) * (y - y0);
    yy += (y - y0) ** 2;
  }
  const freedom = points.length - 2;
  const error = Math.sqrt((yy - xy ** 2 / xx) / freedom / xx);
  return Math.abs(xy / xx) / error > studentQuantile(0.975, freedom);
}

/** A two-sample z test of the logarithms of all requests so far, made again after every pair. */
export class RepeatedZ {
  readonly #arms = { baseline: { count: 0, sum: 0, squares: 0 }, candidate: { count: 0, sum: 0, squares: 0 } };

  everFails(values: readonly PairValues[]): boolean {
    return values.some((pair) => {
      this.#add(pair);
      return this.#fails();
    });
  }

  #add(pair: PairValues): void {
    for (const arm of ['baseline', 'candidate'] as const) {
      const moments = this.#arms[arm];
      for (const value of pair[arm]) {
        const log = Math.log(value);
        moments.count += 1;
        moments.sum += log;
        moments.squares += log * log;
      }
    }
  }

  #fails(): boolean {
    const [a, b] = [this.#arms.candidate, this.#arms.baseline].map(({ count, sum, squares }) => ({
      mean: sum / count,
      variance: (squares / count - (sum / count) ** 2) / count,
    })) as [{ mean: number; variance: number }, { mean: number; variance: number }];
    return (a.mean - b.mean) / Math.sqrt(a.variance + b.variance) > Z;
  }
}
