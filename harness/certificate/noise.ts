/** Simulated latencies as bad as real ones: requests that resemble their neighbours, heavy tails, machines that drift. */
import { seededRandom } from '../random/random.ts';

/** Draws from standard laws, all from one seed. */
export class Draws {
  readonly uniform: () => number;
  #spare: number | undefined;

  constructor(seed: number) {
    this.uniform = seededRandom(seed);
  }

  /** Standard normal, by the polar method (G. Marsaglia, T. Bray, SIAM Review 6 (1964) 260-264). */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  /** Student's t with 3 degrees of freedom, scaled to a standard deviation of 1: its fourth moment is infinite. */
  heavy(): number {
    const square = this.normal() ** 2 + this.normal() ** 2 + this.normal() ** 2;
    return this.normal() / Math.sqrt(square);
  }
}

/**
 * A series of standard deviation 1 in which each value has this correlation, from 0 to under 1, with the one before: AR(1),
 * begun long before its first value.
 */
export function autoregressive(draws: Draws, count: number, correlation: number, tails: Weather['tails']): number[] {
  const fresh = Math.sqrt(1 - correlation ** 2);
  let state = 0;
  const next = () => {
    state = correlation * state + fresh * (tails === 'heavy' ? draws.heavy() : draws.normal());
    return state;
  };
  for (let before = 0; before < 10 / (1 - correlation); before++) next();
  return Array.from({ length: count }, next);
}

export interface Weather {
  /** Standard deviation of a replicate's level, as a share of it. */
  noise: number;
  /** `heavy` replicates are now and then far off. */
  tails: 'normal' | 'heavy';
  /** Correlation of the machine's level from one replicate to the next in time; 0 for none. */
  drift: number;
}

/**
 * The levels, as logarithms, of `pairs` pairs of replicates made one after the other on a machine with this weather.
 * Which arm goes first is drawn for each pair, as `measure` does it.
 */
export function pairLevels(
  draws: Draws,
  pairs: number,
  { noise, tails, drift }: Weather,
): { baseline: number; candidate: number }[] {
  const draw = () => noise * (tails === 'heavy' ? draws.heavy() : draws.normal());
  const fresh = Math.sqrt(1 - drift ** 2);
  let level = draw();
  const next = () => {
    const now = level;
    level = drift * level + fresh * draw();
    return now;
  };
  return Array.from({ length: pairs }, () => {
    const [first, second] = [next(), next()];
    return draws.uniform() < 0.5 ? { baseline: first, candidate: second } : { baseline: second, candidate: first };
  });
}

/** Median of a request, in ms, on a machine at level 0. */
const MEDIAN_MS = 20;
/** Spread of the logarithm of one request's latency. */
const SPREAD = 0.4;
/** Correlation of a request with the one before. */
const NEIGHBOURS = 0.8;
/** One request in so many waits for something else, by a Pareto factor of index 2: its variance is infinite. */
const STALL = 0.02;

/** The latencies in ms of `count` requests of one replicate at `level`: AR(1) in the logarithm, with stalls. */
export function latencies(draws: Draws, count: number, level: number): number[] {
  const values = new Array<number>(count);
  const fresh = SPREAD * Math.sqrt(1 - NEIGHBOURS ** 2);
  let state = SPREAD * draws.normal();
  for (let index = 0; index < count; index++) {
    const stall = draws.uniform() < STALL ? 1 / Math.sqrt(1 - draws.uniform()) : 1;
    values[index] = MEDIAN_MS * Math.exp(level + state) * stall;
    state = NEIGHBOURS * state + fresh * draws.normal();
  }
  return values;
}
