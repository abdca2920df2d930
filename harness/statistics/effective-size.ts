/** How many independent samples are worth as much as samples that come in clusters and resemble each other within one. */
import { StatisticsInputError } from './input-error.ts';

/** Of one cluster, a block or a replicate: how many samples, and how many of them are hits. */
export interface Cluster {
  size: number;
  hits: number;
}

/** Fewer clusters than this say nothing of how alike their samples are. */
export const LEAST_CLUSTERS = 10;

/**
 * The design effect of a share: by how much the clusters' spread about the common share exceeds what independent samples
 * would show. So many samples count as one; at least 1. Also 1 under `LEAST_CLUSTERS` clusters, and when all or none hit.
 * Requests of one server are autocorrelated, and replicates differ more than requests within one: this sees both, without
 * a model of either.
 * Source: J. N. K. Rao, A. J. Scott, "A simple method for the analysis of clustered binary data", Biometrics 48 (1992)
 * 577-585.
 * @throws StatisticsInputError when a cluster has more hits than samples
 */
export function designEffect(clusters: readonly Cluster[]): number {
  const full = clusters.filter(({ size }) => size > 0);
  const wrong = clusters.find(({ size, hits }) => !(hits >= 0 && hits <= size));
  if (wrong !== undefined)
    throw new StatisticsInputError(`expected 0 <= hits <= size, not ${wrong.hits} of ${wrong.size}`);
  const samples = full.reduce((sum, { size }) => sum + size, 0);
  const share = full.reduce((sum, { hits }) => sum + hits, 0) / samples;
  if (full.length < LEAST_CLUSTERS || !(share > 0 && share < 1)) return 1;
  const spread = full.reduce((sum, { size, hits }) => sum + (hits - size * share) ** 2, 0);
  const clustered = (spread * full.length) / (full.length - 1) / samples ** 2;
  return Math.max(1, clustered / ((share * (1 - share)) / samples));
}
