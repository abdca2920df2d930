/** Evaluating an agent: seeded episodes in the environment that the job names. The same job has the same reward. */
import type { EvaluationJob } from '../jobs.ts';
import { playEpisode } from './cart-pole.ts';

/** The job names an environment that this engine does not have. */
export class UnknownEnvironmentError extends Error {
  override readonly name = 'UnknownEnvironmentError';
  readonly code = 'ERR_UNKNOWN_ENVIRONMENT';
}

const environments: Record<string, (random: () => number) => number> = { cartpole: playEpisode };

/** Uniform in [0, 1): Tommy Ettinger's mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The mean reward of the job's episodes.
 * @throws UnknownEnvironmentError
 */
export function evaluate(job: Pick<EvaluationJob, 'environment' | 'episodes' | 'seed'>): number {
  const play = Object.hasOwn(environments, job.environment) ? environments[job.environment] : undefined;
  if (play === undefined) {
    const known = Object.keys(environments).join(', ');
    throw new UnknownEnvironmentError(`expected one of the environments ${known}, got ${job.environment}`);
  }
  const random = seededRandom(job.seed);
  let reward = 0;
  for (let episode = 0; episode < job.episodes; episode += 1) reward += play(random);
  return reward / job.episodes;
}
