/** From which size on a browser would take more than a moment to lay the whole page out. */
import type { Run } from '../../schema/run.ts';

/** Gates and facts, each of which is a dozen elements or more. */
const MOST_AT_ONCE = 1000;

/** Whether what is folded waits as text until it is opened. */
export function isLarge({ gates, checks }: Run): boolean {
  return gates.length + checks.reduce((sum, { facts }) => sum + facts.length, 0) > MOST_AT_ONCE;
}
