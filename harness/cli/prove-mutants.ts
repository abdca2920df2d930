/**
 * `npm run prove -- --mutants`: plants each mutant in the candidate, runs the checks that can see it, and holds that a
 * named gate says `fail`. Each mutant is a run of its own, by the command a person would repeat it with; several run
 * side by side on components of their common own.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Discovered, discover } from '../checks/discover.ts';
import { reportMutant, tooCoarse, unturned } from '../mutants/matrix.ts';
import { Reaper } from '../processes/reaper.ts';
import { startProcess } from '../processes/run-process.ts';
import { seededRandom } from '../random/random.ts';
import type { Progress } from '../reporters/progress.ts';
import { FILES } from '../run-folder/files.ts';
import { checkoutOf } from '../run-folder/provenance.ts';
import { writeAtomically } from '../run-folder/write-atomically.ts';
import type { Mutant, MutantReport } from '../schema/mutant.ts';
import type { Proof } from '../schema/proof.ts';
import { EXIT } from '../schema/verdict.ts';
import { confirm, parseForced, startComponents } from './components.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { checkFresh, checksFor, chooseMutants, type MutantFilters, needsMachineAlone } from './mutant-selection.ts';
import { progressOnStderr } from './progress-on-stderr.ts';
import { readRun } from './read-run.ts';
import { Stopping } from './stopping.ts';
import { tellProof } from './tell.ts';
import { UsageError } from './usage-error.ts';

export interface ProveMutantsOptions extends MutantFilters {
  /** Judge all gates of a mutant's suite, not only those that must catch it. */
  readonly whole?: boolean;
  /** How many mutants run side by side. @default 3 */
  readonly jobs?: number;
  readonly seed?: number;
  readonly output: string;
  readonly component: readonly string[];
  readonly provision: boolean;
  readonly json?: boolean;
  readonly config: string;
}

const JOBS_DEFAULT = 3;
const MAIN = join(import.meta.dirname, 'main.ts');
/** How long the run of one mutant may take to write its report once it is told to stop. */
const GRACE_MS = 30_000;

/** Exit code 1 when a mutant is not caught, is stale, or a promise is turned by none; 2 when that could not be told. */
export async function proveMutants(options: ProveMutantsOptions): Promise<number> {
  const config = await loadConfig(options.config);
  const forced = parseForced(options.component, config);
  const discovered = await discover(config.root, config.suites);
  const stale = checkFresh(discovered.mutants, config.root);
  for (const sentence of stale) process.stderr.write(`stale: ${sentence}\n`);
  if (stale.length > 0) return EXIT.fail;
  const seed = options.seed ?? randomInt(2 ** 32);
  const chosen = chooseMutants(discovered, options, seededRandom(seed));
  if (chosen.length === 0) throw new UsageError('there is no mutant to try: suites declare them in mutants.ts');

  const progress = progressOnStderr();
  const stopping = new Stopping();
  using _signals = stopping.listenForSignals(progress.line);
  const folder = resolve(options.output, 'proof');
  mkdirSync(folder, { recursive: true });
  const jobs = options.jobs ?? JOBS_DEFAULT;
  progress.line(`${chosen.length} of ${discovered.mutants.length} mutants, ${jobs} at a time, seed ${seed}`);
  const trial = { options, jobs, config, discovered, folder, seed, stopping, progress, forced };
  const startedAt = new Date().toISOString();
  const reports = await tryAll(trial, chosen);
  progress.stop();
  if (reports === undefined) return EXIT.unknown;
  const complete = reports.length === discovered.mutants.length;
  const promises = discovered.promises.map((promise) => promise.id);
  const proof: Proof = {
    schemaVersion: 1,
    ...checkoutOf(config.root),
    seed,
    startedAt,
    endedAt: new Date().toISOString(),
    complete,
    mutants: reports.sort((a, b) => (a.id < b.id ? -1 : 1)),
    unturned: complete ? unturned(promises, reports) : [],
    tooCoarse: options.whole ? tooCoarse(reports) : [],
  };
  writeAtomically(join(options.output, FILES.proof), `${JSON.stringify(proof, null, 2)}\n`);
  tellProof(proof, join(options.output, FILES.proof), options.json);
  if (stopping.reason?.how === 'interrupted') return stopping.reason.exitCode;
  return exitCodeOfProof(proof, chosen.length);
}

interface Trial {
  readonly options: ProveMutantsOptions;
  readonly jobs: number;
  readonly config: LoadedConfig;
  readonly discovered: Discovered;
  readonly folder: string;
  readonly seed: number;
  readonly stopping: Stopping;
  readonly progress: Progress;
  readonly forced: ReadonlyMap<string, string>;
}

/** Undefined when a component could not be had. */
async function tryAll(trial: Trial, chosen: readonly Mutant[]): Promise<MutantReport[] | undefined> {
  const { options, config, discovered, folder, stopping, progress } = trial;
  const reaper = await Reaper.found();
  try {
    const suites = new Set(chosen.map((mutant) => mutant.suite));
    const checks = discovered.checks.filter((check) => suites.has(check.suite.id));
    const names = [...new Set(checks.flatMap((check) => check.options.stack?.components ?? []))];
    const components = await startComponents({
      config,
      reaper,
      names,
      forced: trial.forced,
      provision: options.provision,
      logFolder: join(folder, 'logs'),
      record: () => {},
      signal: stopping.signal,
      say: progress.line,
      confirm: (command) => progress.aside(() => confirm(command)),
    });
    if (names.some((name) => components[name] === undefined)) return undefined;
    const environment = Object.fromEntries(
      Object.entries(components).map(([name, { url }]) => [`${config.envPrefix}_${name.toUpperCase()}_URL`, url]),
    );
    const isTimed = (mutant: Mutant) => needsMachineAlone(mutant, discovered, options.whole === true);
    const sideBySide = chosen.filter((mutant) => !isTimed(mutant));
    const batches = [
      { mutants: sideBySide, jobs: trial.jobs },
      { mutants: chosen.filter(isTimed), jobs: 1 },
    ];
    return await tryBatches(batches, trial, (mutant) => tryOne(trial, mutant, environment, reaper));
  } catch (error) {
    // Whatever is under way when it is told to stop may reject: why it ends is known already.
    if (stopping.reason === undefined) throw error;
    return [];
  } finally {
    await reaper.close();
  }
}

/** Tries the batches one after the other, of each `jobs` mutants side by side and in their order, and tells of each. */
async function tryBatches(
  batches: readonly { readonly mutants: readonly Mutant[]; readonly jobs: number }[],
  { stopping, progress }: Trial,
  attempt: (mutant: Mutant) => Promise<MutantReport | undefined>,
): Promise<MutantReport[]> {
  const total = batches.reduce((sum, { mutants }) => sum + mutants.length, 0);
  const running = new Set<string>();
  const reports: MutantReport[] = [];
  const show = () => progress.update({ suite: 'mutants', check: [...running], done: reports.length, total });
  const work = async (waiting: Mutant[]) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      if (stopping.signal.aborted) return;
      running.add(mutant.id);
      show();
      const report = await attempt(mutant);
      running.delete(mutant.id);
      if (report === undefined) return;
      reports.push(report);
      show();
      const by = report.caught ? `caught by ${report.caughtBy.join(', ')}` : 'NOT CAUGHT';
      const after = `after ${(report.duration_ms / 1_000).toFixed(1)} s`;
      progress.line(`${reports.length}/${total} ${mutant.id} ${by} ${after}`);
    }
  };
  for (const { mutants, jobs } of batches) {
    const waiting = [...mutants];
    await Promise.all(Array.from({ length: jobs }, () => work(waiting)));
  }
  return reports;
}

/** Undefined when it was interrupted. */
async function tryOne(
  { options, discovered, folder, seed, stopping, progress }: Trial,
  mutant: Mutant,
  environment: Record<string, string>,
  reaper: Reaper,
): Promise<MutantReport | undefined> {
  const output = join(folder, mutant.id.replaceAll('/', '-'));
  const logFile = join(folder, 'logs', `${mutant.id.replaceAll('/', '-')}.log`);
  // What an earlier proof left of this mutant, and nothing else in the user's folder.
  for (const path of [output, logFile]) rmSync(path, { recursive: true, force: true });
  const checks = options.whole ? [] : checksFor(mutant, discovered);
  const began = performance.now();
  const running = await startProcess({
    name: mutant.id,
    command: process.execPath,
    args: [
      MAIN,
      'regression',
      ...['--config', options.config, '--output', output, '--seed', String(seed)],
      ...['--profile', mutant.profile, '--mutant', mutant.id, '--no-provision'],
      ...checks.flatMap((id) => ['--check', id]),
      ...(options.whole ? [] : ['--bail']),
    ],
    env: { ...process.env, ...environment, NO_COLOR: '1' },
    reaper,
    logFile,
    stopSignal: 'SIGINT',
    grace_ms: GRACE_MS,
  });
  const stop = () => void running.stop();
  stopping.signal.addEventListener('abort', stop, { once: true });
  if (stopping.signal.aborted) stop();
  try {
    await running.exited;
  } finally {
    stopping.signal.removeEventListener('abort', stop);
    await running.stop();
  }
  if (stopping.signal.aborted) return undefined;
  const run = readRun(output);
  if (run === undefined) progress.line(`${mutant.id}: its run left no verdict: ${running.tail(3).join(' | ')}`);
  const command = `npm run regression -- --profile ${mutant.profile} --seed ${seed} --mutant ${mutant.id}`;
  // A run without a verdict caught nothing; the other mutants are tried all the same.
  return reportMutant(mutant, run ?? { gates: [], command }, performance.now() - began);
}

function exitCodeOfProof(proof: Proof, chosen: number): number {
  const found = [...proof.mutants.filter((mutant) => !mutant.caught), ...proof.unturned, ...proof.tooCoarse];
  if (found.length > 0) return EXIT.fail;
  return proof.mutants.length === chosen ? EXIT.pass : EXIT.unknown;
}
