/** What every part of the certificate works with. */

export type { Figure } from '../schema/certificate.ts';

export interface Context {
  /** Fewer simulations, for a look in seconds; the figures are then rough. */
  quick: boolean;
  seed: number;
  /** Told as it goes: what is being done, and how much of it. */
  progress(what: string, done: number, all: number): void;
}

export function percentText(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 && share > 0 ? 2 : 1)} %`;
}

/** The lower middle of numbers; infinity stands for never. */
export function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[(numbers.length - 1) >> 1] as number;
}
