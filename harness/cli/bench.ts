/** `npm run bench`: measures the contenders of a benchmark against each other, as a table and as `bench/<id>.json`. */
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, type } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { Benchmark, BenchmarkContext, Field } from '../benchmarks/benchmark.ts';
import { compete } from '../benchmarks/compete.ts';
import { BenchmarkError, benchmarkIds, loadBenchmark } from '../benchmarks/discover.ts';
import type { BenchmarkResult, Machine } from '../benchmarks/result.ts';
import { standingsOf } from '../benchmarks/standings.ts';
import { benchmarkTable } from '../benchmarks/table.ts';
import { startComponent } from '../components/start-component.ts';
import { Reaper } from '../processes/reaper.ts';
import { forkRandom, seededRandom } from '../random/random.ts';
import type { Progress } from '../reporters/progress.ts';
import { unwritable } from '../run-folder/errors.ts';
import { checkoutOf } from '../run-folder/provenance.ts';
import { writeAtomically } from '../run-folder/write-atomically.ts';
import { EXIT } from '../schema/verdict.ts';
import { confirm, contextOf, parseForced } from './components.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { progressOnStderr } from './progress-on-stderr.ts';
import { Stopping } from './stopping.ts';
import { oneOf } from './usage-error.ts';

export interface BenchOptions {
  readonly rounds?: number;
  readonly seed?: number;
  readonly output: string;
  readonly component: readonly string[];
  readonly provision: boolean;
  readonly json?: boolean;
  readonly config: string;
}

/** Exit code 2 when a contender could not be measured in some round. Without an id it tells which benchmarks there are. */
export async function bench(given: string | undefined, options: BenchOptions): Promise<number> {
  const config = await loadConfig(options.config);
  const ids = benchmarkIds(config.root);
  if (given === undefined) {
    await tellAll(config.root, ids);
    return EXIT.pass;
  }
  const id = oneOf('benchmark', given, ids);
  const benchmark = await loadBenchmark(config.root, id);
  const path = join(options.output, 'bench', `${id}.json`);
  // Told before the work, not after: a folder that cannot be written is known at once.
  makeFolder(dirname(path));
  const progress = progressOnStderr();
  const stopping = new Stopping();
  using _signals = stopping.listenForSignals(progress.line);
  try {
    const result = await measure(id, benchmark, { options, config, stopping, progress });
    if (result !== undefined) {
      writeAtomically(path, `${JSON.stringify(result, null, 2)}\n`);
      progress.line(relative(process.cwd(), path));
    }
    progress.stop();
    if (result !== undefined)
      process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : benchmarkTable(result));
    if (stopping.reason?.how === 'interrupted') return stopping.reason.exitCode;
    return result?.complete ? EXIT.pass : EXIT.unknown;
  } finally {
    progress.stop();
  }
}

async function tellAll(root: string, ids: readonly string[]): Promise<void> {
  const width = Math.max(0, ...ids.map((id) => id.length));
  for (const id of ids) process.stdout.write(`${id.padEnd(width)}  ${(await loadBenchmark(root, id)).title}\n`);
  if (ids.length === 0)
    process.stdout.write(`there is no benchmark: none of ${join(root, 'bench')} has a benchmark.ts\n`);
}

interface Bench {
  readonly options: BenchOptions;
  readonly config: LoadedConfig;
  readonly stopping: Stopping;
  readonly progress: Progress;
}

/** Resolves when all that it started is gone; undefined when it was interrupted before anything was measured. */
async function measure(id: string, benchmark: Benchmark, bench: Bench): Promise<BenchmarkResult | undefined> {
  const { options, config, stopping, progress } = bench;
  const { rounds = benchmark.rounds, seed = randomInt(2 ** 32) } = options;
  const { title, measures, timeout_ms } = benchmark;
  const startedAt = new Date().toISOString();
  const load_before = loadavg()[0] ?? 0;
  const reaper = await Reaper.found();
  let field: Field | undefined;
  try {
    progress.line(`${id}: ${title}; ${rounds} rounds, seed ${seed}`);
    const random = seededRandom(seed);
    field = await benchmark.prepare(await contextFor(bench, reaper, Math.floor(forkRandom(random)() * 2 ** 32)));
    const { contenders, absent } = field;
    refuseTwins(field);
    for (const { name, reason } of absent) progress.line(`${name} does not take part: ${reason}`);
    const total = rounds * contenders.length;
    let done = 0;
    const { turns, failures } = await compete({
      contenders,
      measures,
      rounds,
      timeout_ms,
      random,
      signal: stopping.signal,
      began({ scenario, name }, round) {
        progress.update({ suite: id, check: `round ${round + 1}: ${name}, ${scenario}`, done, total });
        progress.step(`${done + 1}/${total} round ${round + 1}: ${name}, ${scenario}`);
        done += 1;
      },
      failed: ({ name, says }) => progress.line(`${name} was not measured: ${says}`),
    });
    return {
      schemaVersion: 1,
      id,
      title,
      command: `npm run bench -- ${id} --rounds ${rounds} --seed ${seed}`,
      seed,
      startedAt,
      endedAt: new Date().toISOString(),
      ...checkoutOf(config.root),
      machine: machineOf(load_before),
      rounds,
      complete: turns.length === total && total > 0,
      contenders: standingsOf(contenders, turns, measures, rounds),
      absent,
      failures,
    };
  } catch (error) {
    // Whatever is under way when it is told to stop may reject: why it ends is known already.
    if (stopping.reason === undefined) throw error;
    return undefined;
  } finally {
    await field?.close?.();
    await reaper.close();
  }
}

async function contextFor({ options, config, stopping, progress }: Bench, reaper: Reaper, seed: number) {
  const forced = parseForced(options.component, config);
  const folder = await reaper.makeFolder(join(tmpdir(), 'harness-bench-'));
  const context: Omit<BenchmarkContext, 'component'> = {
    ...contextOf(config, options.provision, progress.line),
    confirm: (command) => progress.aside(() => confirm(command)),
    reaper,
    folder,
    logFolder: join(folder, 'logs'),
    signal: stopping.signal,
    seed,
  };
  const component: BenchmarkContext['component'] = async (definition) => {
    const own = join(folder, definition.name);
    mkdirSync(own);
    const provider = forced.get(definition.name);
    return startComponent(definition, {
      ...context,
      folder: own,
      ...(provider === undefined ? {} : { forced: provider }),
    });
  };
  return { ...context, component };
}

/** @throws BenchmarkError for contenders that could not be told apart */
function refuseTwins({ contenders }: Field): void {
  const names = contenders.map(({ scenario, name }) => `${name} (${scenario})`);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new BenchmarkError(`two contenders are called ${twin}: give each a name of its own`);
}

function machineOf(load_before: number): Machine {
  return {
    node: process.version,
    os: `${type()} ${release()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load_before,
    load_after: loadavg()[0] ?? 0,
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unwritable(resolve(folder), error);
  }
}
