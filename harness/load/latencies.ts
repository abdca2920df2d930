/** Histograms of durations: whole µs up to a minute, to three significant digits, merged over processes. */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

const HIGHEST_US = 60_000_000;

/** Durations by how often they were seen. About 100 KB however many there are. */
export class Latencies {
  readonly #histogram: Histogram;

  private constructor(histogram: Histogram) {
    this.#histogram = histogram;
  }

  static empty(): Latencies {
    return new Latencies(
      build({
        bitBucketSize: 32,
        autoResize: false,
        lowestDiscernibleValue: 1,
        highestTrackableValue: HIGHEST_US,
        numberOfSignificantValueDigits: 3,
      }),
    );
  }

  /** Reads what `encode` wrote. */
  static decode(text: string): Latencies {
    const latencies = Latencies.empty();
    latencies.#histogram.add(decodeFromCompressedBase64(text));
    return latencies;
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** 0 when nothing was recorded. */
  get max_ms(): number {
    return this.count === 0 ? 0 : this.#histogram.maxValue / 1_000;
  }

  /** Beyond a minute counts as a minute. @param count how often @default 1 */
  record(duration_ms: number, count = 1): void {
    const duration_us = Math.min(HIGHEST_US, Math.max(0, Math.round(duration_ms * 1_000)));
    if (count > 0) this.#histogram.recordValueWithCount(duration_us, count);
  }

  add(other: Latencies): void {
    this.#histogram.add(other.#histogram);
  }

  /** The duration that `percent` % of all do not exceed, to 0.1 %; NaN when nothing was recorded. */
  percentile_ms(percent: number): number {
    return this.count === 0 ? Number.NaN : this.#histogram.getValueAtPercentile(percent) / 1_000;
  }

  /** Every duration, the shortest first, each to three significant digits: what a check observes of a load. */
  sorted_ms(): number[] {
    // In the middle of each rank's share, where no rounding error reaches the next one.
    return Array.from({ length: this.count }, (_, rank) => this.percentile_ms((100 * (rank + 0.5)) / this.count));
  }

  /** HdrHistogram's own compressed form, in base64. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }
}
