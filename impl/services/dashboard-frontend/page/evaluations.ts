/** Evaluations as the page holds them: the newest, each once, whichever way they came. */

export interface Evaluation {
  readonly id: string;
  readonly agentId: string;
  readonly region: string;
  readonly status: 'completed' | 'failed';
  /** Null when the evaluation failed. */
  readonly reward: number | null;
  readonly episodes: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** How many the page keeps: no more than the API gives of one agent at a time, so that a list loaded anew has no hole. */
export const KEPT_MAX = 100;

/** Undefined for what is no evaluation: a newer server may send other things on the channel. */
export function evaluationOf(value: unknown): Evaluation | undefined {
  const { id, agentId, region, status, reward, episodes, createdAt } = (value ?? {}) as Partial<Evaluation>;
  if (typeof id !== 'string' || typeof agentId !== 'string' || typeof region !== 'string') return undefined;
  if (status !== 'completed' && status !== 'failed') return undefined;
  if (typeof episodes !== 'number' || typeof createdAt !== 'string') return undefined;
  if (typeof reward !== 'number' && reward !== null) return undefined;
  return { id, agentId, region, status, reward, episodes, createdAt };
}

/** Both together, newest first, each once, no more than `KEPT_MAX`. Settled evaluations never change. */
export function merge(held: readonly Evaluation[], come: readonly Evaluation[]): readonly Evaluation[] {
  const known = new Set(held.map(({ id }) => id));
  const added = come.filter(({ id }) => !known.has(id) && known.add(id));
  if (added.length === 0) return held;
  return [...added, ...held].sort(newestFirst).slice(0, KEPT_MAX);
}

function newestFirst(a: Evaluation, b: Evaluation): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}
