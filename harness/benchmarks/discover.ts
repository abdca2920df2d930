/** Finds the benchmarks: every folder under `bench/` with a `benchmark.ts`. Its id is its path there: `peers/websocket`. */
import { readdirSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Benchmark } from './benchmark.ts';

const FOLDER = 'bench';
const FILE = 'benchmark.ts';

/** `not-loadable`: the file cannot be imported, or does not export a benchmark. */
export class BenchmarkError extends Error {
  readonly code = 'not-loadable';
  override readonly name = 'BenchmarkError';
}

/** The ids of all benchmarks of the project at `root`, sorted. */
export function benchmarkIds(root: string): string[] {
  let files: string[];
  try {
    files = readdirSync(join(root, FOLDER), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return files
    .filter((file) => file.split(sep).at(-1) === FILE && file !== FILE)
    .map((file) => dirname(file).split(sep).join('/'))
    .sort();
}

/** @throws BenchmarkError */
export async function loadBenchmark(root: string, id: string): Promise<Benchmark> {
  const path = join(root, FOLDER, id, FILE);
  let benchmark: Benchmark | undefined;
  try {
    ({ benchmark } = (await import(pathToFileURL(path).href)) as { benchmark?: Benchmark });
  } catch (cause) {
    throw new BenchmarkError(`${path} cannot be loaded: ${(cause as Error).message}`, { cause });
  }
  if (benchmark === undefined)
    throw new BenchmarkError(`${path} exports no benchmark: export const benchmark: Benchmark = { … }`);
  return benchmark;
}
