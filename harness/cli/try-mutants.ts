/** Tries mutants: each is a run of its own, by the command a person would repeat it with, up to a fail of one of its gates. */
import type { Discovered } from '../checks/discover.ts';
import { reportMutant } from '../mutants/matrix.ts';
import type { Progress } from '../reporters/progress.ts';
import type { Mutant, MutantReport } from '../schema/mutant.ts';
import { PROFILES } from '../schema/promise.ts';
import type { ChildRuns } from './child-runs.ts';
import { type Company, companyOf, stepsFor } from './mutant-selection.ts';
import type { Stopping } from './stopping.ts';

export interface TrialOptions {
  /** How many mutants that keep a core busy are tried side by side. */
  readonly jobs: number;
  /** Judge all gates of a mutant's suite, not only those that must catch it. */
  readonly whole?: boolean;
  readonly config: string;
}

export interface Trial {
  readonly options: TrialOptions;
  readonly discovered: Discovered;
  readonly seed: number;
  readonly stopping: Stopping;
  readonly progress: Progress;
  readonly runs: Pick<ChildRuns, 'run'>;
}

/** So many that mostly wait take no more of the machine than one that keeps a core busy: it is their start that costs. */
const WAITING_A_JOB = 3;

/** Those that mostly wait beside those that are busy; then, one after the other, those that need the machine alone. */
export async function tryMutants(trial: Trial, chosen: readonly Mutant[]): Promise<MutantReport[]> {
  const { options, discovered, progress } = trial;
  const byCompany = Map.groupBy(chosen, (mutant) => companyOf(mutant, discovered, options.whole === true));
  const running = new Set<string>();
  const reports: MutantReport[] = [];
  const total = chosen.length;
  const show = () => progress.update({ suite: 'mutants', check: [...running], done: reports.length, total });
  const work = async (waiting: Mutant[]) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      if (trial.stopping.signal.aborted) return;
      running.add(mutant.id);
      show();
      const report = await tryOne(trial, mutant);
      running.delete(mutant.id);
      if (report === undefined) return;
      reports.push(report);
      show();
      progress.line(`${reports.length}/${total} ${outcomeOf(report)}`);
    }
  };
  const workOff = (company: Company, jobs: number) => {
    // The slowest profile first: what takes longest is not to be begun last.
    const waiting = (byCompany.get(company) ?? []).toSorted((a, b) => slowness(b) - slowness(a));
    return Array.from({ length: jobs }, () => work(waiting));
  };
  await Promise.all([...workOff('waiting', WAITING_A_JOB * options.jobs), ...workOff('busy', options.jobs)]);
  await Promise.all(workOff('alone', 1));
  return reports;
}

function slowness({ profile }: Mutant): number {
  return PROFILES.indexOf(profile);
}

function outcomeOf({ id, caught, caughtBy, duration_ms }: MutantReport): string {
  return `${id} ${caught ? `caught by ${caughtBy.join(', ')}` : 'NOT CAUGHT'} after ${(duration_ms / 1_000).toFixed(1)} s`;
}

/** Undefined when it was interrupted. */
async function tryOne(trial: Trial, mutant: Mutant): Promise<MutantReport | undefined> {
  const { options, discovered, seed, runs } = trial;
  const began = performance.now();
  const name = mutant.id.replaceAll('/', '-');
  const wanted = ['--profile', mutant.profile, '--seed', String(seed), '--mutant', mutant.id];
  const steps = options.whole ? [[]] : stepsFor(mutant, discovered);
  let report: MutantReport | undefined;
  for (const [index, checks] of steps.entries()) {
    const run = await runs.run(index === 0 ? name : `${name}-${index + 1}`, [
      ...wanted,
      ...['--config', options.config],
      ...checks.flatMap((id) => ['--check', id]),
      ...(options.whole ? [] : ['--bail']),
    ]);
    if (run === 'interrupted') return undefined;
    // A run without a verdict caught nothing; the other mutants are tried all the same.
    const judged = run ?? { gates: [], command: `npm run regression -- ${wanted.join(' ')}` };
    const found = reportMutant(mutant, judged, performance.now() - began);
    report = { ...found, verdicts: { ...report?.verdicts, ...found.verdicts } };
    if (report.caught) break;
  }
  return report;
}
