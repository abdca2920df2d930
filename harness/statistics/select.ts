/** One order statistic without sorting all the others. */

/**
 * The value of rank `rank`, counted from 1, among `values`, whose order it changes. Linear on average.
 * Source: C. A. R. Hoare, "Algorithm 65: find", Communications of the ACM 4 (1961) 321-322, with the median of three as
 * the pivot. Values must be numbers, not NaN; the rank must be from 1 to their number.
 */
export function selectRank(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  const target = rank - 1;
  while (low < high) {
    const pivot = middleOf(values[low] as number, values[(low + high) >> 1] as number, values[high] as number);
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) < pivot) left++;
      while ((values[right] as number) > pivot) right--;
      if (left > right) break;
      const moved = values[left] as number;
      values[left++] = values[right] as number;
      values[right--] = moved;
    }
    if (target <= right) high = right;
    else if (target >= left) low = left;
    else break;
  }
  return values[target] as number;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
