/** What the chart draws: the rewards of the agents that were evaluated last, as lines in a box. Pure. */
import type { Evaluation } from './evaluations.ts';

export interface Series {
  readonly agentId: string;
  /** Of the newest evaluation. */
  readonly last: number;
  readonly mean: number;
  /** From left to right; `x` and `y` from 0 to 1, `y` upwards. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Chart {
  readonly series: readonly Series[];
  readonly least: number;
  readonly most: number;
}

/** More lines than that nobody tells apart. */
export const SERIES_MAX = 6;

type Rewarded = Evaluation & { readonly reward: number };

/** @param evaluations newest first */
export function chartOf(evaluations: readonly Evaluation[]): Chart {
  const rewarded = evaluations.filter((one): one is Rewarded => one.reward !== null);
  // By name, so that a line keeps its colour while the same agents are shown.
  const byAgent = [...Map.groupBy(rewarded, (one) => one.agentId)]
    .slice(0, SERIES_MAX)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const rewards = byAgent.flatMap(([, own]) => own.map(({ reward }) => reward));
  const [least, most] = [Math.min(...rewards), Math.max(...rewards)];
  const height = most - least || 1;
  const length = Math.max(...byAgent.map(([, own]) => own.length));
  const series = byAgent.map(([agentId, own]) => ({
    agentId,
    last: own[0]?.reward ?? 0,
    mean: own.reduce((sum, { reward }) => sum + reward, 0) / own.length,
    // The newest stand at the right edge, one under the other.
    points: own
      .map(({ reward }, age) => ({ x: length === 1 ? 1 : 1 - age / (length - 1), y: (reward - least) / height }))
      .reverse(),
  }));
  return { series, least, most };
}
