/** The one clock of a generator: monotonic, in fractions of a ms, and the same in all threads of the process. */

/** `performance.now()` counts from another moment in each thread; this does not. */
export function now_ms(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
