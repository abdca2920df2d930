/** Judges ten million observations in a process of its own and prints what that took, as JSON; see `speed.ts`. */
import { judge } from '../judge/judge.ts';
import { BUDGET, checkOf, guardrailOf, limitOf } from './gates.ts';
import { Draws } from './noise.ts';
import { savedRun } from './saved-run.ts';

const OBSERVATIONS = 10_000_000;
const BATCH = 1_024;

const draws = new Draws(1);
const batches = Math.ceil(OBSERVATIONS / BATCH / BUDGET / 2);
const promises = [
  limitOf({ limit: 100 }),
  limitOf({ id: 'proof/share', statistic: 'share-above', threshold: 90, operator: '<', limit: 0.5 }),
  guardrailOf({ tolerance: 0.05 }),
];
// Without an early end: all pairs are there, and each is read by every promise.
const { leastReplicates: _, ...check } = checkOf();
const saved = savedRun(check, promises, BUDGET, () =>
  Array.from({ length: batches }, () => Array.from({ length: BATCH }, () => 100 * draws.uniform())),
);
global.gc?.();
const start_bytes = process.memoryUsage().rss;
const before = process.cpuUsage();
const began = performance.now();
const run = judge(saved);
const elapsed_ms = performance.now() - began;
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  JSON.stringify({
    observations: batches * BATCH * BUDGET * 2,
    cpu_ms: (user + system) / 1_000,
    elapsed_ms,
    start_bytes,
    // The highest since the process began, so at least what judging took.
    peak_bytes: process.resourceUsage().maxRSS * 1_024,
    verdicts: run.gates.map(({ id, verdict }) => `${id} ${verdict}`),
  }),
);
