/** The one error of this folder: a caller asked for a statistic of something that has none. */
export class StatisticsInputError extends RangeError {
  readonly code = 'ERR_STATISTICS_INPUT';
  override readonly name = 'StatisticsInputError';
}
