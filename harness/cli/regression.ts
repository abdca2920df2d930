/** `npm run regression`: the main job, from the options to the exit code. */
import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { discover } from '../checks/discover.ts';
import { isAlike } from '../judge/history.ts';
import { changeOf } from '../mutants/declared.ts';
import { alsoLive, LiveView } from '../reporters/live/live-view.ts';
import { counted } from '../reporters/quantity.ts';
import { createRunFolder } from '../run-folder/create.ts';
import { FILES } from '../run-folder/files.ts';
import { appendHistory, keepHistory, prepareHistory, readHistory } from '../run-folder/history.ts';
import { durationOfLastRun } from '../run-folder/last-run.ts';
import { look, preflight } from '../run-folder/preflight.ts';
import { keepProofs } from '../run-folder/proof.ts';
import { provenanceOf } from '../run-folder/provenance.ts';
import { applyRetention } from '../run-folder/retention.ts';
import { ARMS, type Arm } from '../schema/entry.ts';
import { MOST_RUNS } from '../schema/history.ts';
import type { Profile } from '../schema/promise.ts';
import type { Scope } from '../schema/scope.ts';
import { EXIT, exitCodeOf } from '../schema/verdict.ts';
import { parseForced } from './components.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { finishFolder } from './finish.ts';
import { list } from './list.ts';
import { openInBrowser } from './open-in-browser.ts';
import { progressOnStderr } from './progress-on-stderr.ts';
import { readmesOf } from './readmes.ts';
import { type Filters, type Selection, select } from './select.ts';
import { Stopping } from './stopping.ts';
import { tell } from './tell.ts';
import { oneOf, UsageError } from './usage-error.ts';
import { readWaivers, waiversFile } from './waivers.ts';

export interface RegressionOptions extends Filters {
  readonly profile: Profile;
  readonly seed?: number;
  readonly repeat: number;
  readonly bail?: boolean;
  readonly list?: boolean;
  /** Show the run on a page of this machine while it goes. */
  readonly open?: boolean;
  readonly output: string;
  readonly history?: string;
  readonly baseline?: string;
  readonly candidate?: string;
  readonly component: readonly string[];
  readonly provision: boolean;
  readonly json?: boolean;
  readonly config: string;
}

const PROBLEMS_TOLD_MAX = 3;

export async function regression(options: RegressionOptions): Promise<number> {
  const config = await loadConfig(options.config);
  const arms = armsOf(options, config);
  const forced = parseForced(options.component, config);
  const discovered = await discover(config.root, config.suites);
  const waivers = readWaivers(waiversFile(config.root), discovered);
  const selection = select(discovered, options, options.profile, options.repeat);
  if (selection.mutant !== undefined) changeOf(selection.mutant, config.root);
  if (options.list) {
    process.stdout.write(list(selection));
    return EXIT.pass;
  }
  if (selection.checks.length === 0) {
    const from = selection.deferred[0]?.decidableFrom;
    throw new UsageError(
      `nothing to run at profile ${options.profile}${from === undefined ? '' : `: run it with --profile ${from}`}`,
    );
  }

  const terminal = progressOnStderr();
  const live = options.open === true ? await LiveView.start(titleOf(config, arms, options)) : undefined;
  const progress = live === undefined ? terminal : alsoLive(terminal, live);
  const stopping = new Stopping();
  using _signals = stopping.listenForSignals(progress.line);
  try {
    if (live !== undefined) {
      const how = openInBrowser(live.url) ? 'shown in the browser' : 'open it in a browser';
      terminal.line(`live view: ${live.url} (${how}; ends with the run)`);
    }
    const seed = options.seed ?? randomInt(2 ** 32);
    const scope = {
      ...scopeOf(options, config, arms, seed, selection),
      ...(waivers.length === 0 ? {} : { waivers }),
    };
    for (const warning of preflight({ ...look(options.output), load: loadavg()[0] ?? 0, cores: cpus().length }))
      progress.line(warning);
    if (options.history !== undefined) prepareHistory(options.history);
    const expected_ms = await durationOfLastRun(options.output, scope.command);
    const folder = createRunFolder(options.output, scope, selection.promises, progress.line);
    keepProofs(options.output, folder, scope.provenance);
    if (options.history !== undefined) keepHistoryOf(options.history, folder, scope, progress.line);
    progress.line(
      `${config.product} ${arms.baseline} (baseline) against ${arms.candidate} (candidate), profile ${options.profile}, seed ${seed}`,
    );
    progress.line(`${sizeOf(scope)}; ${folder}`);

    // Vitest takes longer to load than everything else together: a wrong option is to be told before that.
    const { conduct } = await import('./conduct.ts');
    await conduct({
      config,
      scope,
      selection,
      folder,
      forced,
      stopping,
      progress,
      expected_ms,
      provision: options.provision,
      bail: options.bail === true,
    });
    progress.stop();
    const run = await finishFolder(folder);
    tell(run, folder, options.json);
    await live?.finish(readFileSync(join(folder, FILES.html), 'utf8'));
    if (options.history !== undefined) appendHistory(options.history, run);
    for (const problem of applyRetention(options.output, { keep: run.id }).problems)
      process.stderr.write(`${problem}\n`);
    return stopping.reason?.how === 'interrupted' ? stopping.reason.exitCode : exitCodeOf(run.verdict);
  } finally {
    progress.stop();
    await live?.stop();
  }
}

function titleOf(
  { product }: LoadedConfig,
  { baseline, candidate }: Record<Arm, string>,
  { profile }: RegressionOptions,
) {
  return `${product} ${candidate} against ${baseline}, profile ${profile}`;
}

/** The runs like this one, to be held against it; those that cannot be read are told, the first few of them. */
function keepHistoryOf(file: string, folder: string, scope: Scope, tell: (line: string) => void): void {
  const { lines, problems } = readHistory(file);
  for (const problem of problems.slice(0, PROBLEMS_TOLD_MAX)) tell(problem);
  if (problems.length > PROBLEMS_TOLD_MAX) tell(`and ${problems.length - PROBLEMS_TOLD_MAX} more lines of the history`);
  const { profile, narrowedBy, provenance } = scope;
  const alike = lines.filter((line) => isAlike(line, { profile, narrowedBy, arms: provenance.arms }));
  keepHistory(folder, alike.slice(-MOST_RUNS));
}

function armsOf(options: RegressionOptions, { releases }: LoadedConfig): Record<Arm, string> {
  const pick = (arm: Arm) => {
    const given = options[arm];
    return given === undefined ? releases.default[arm] : oneOf('release', given, releases.known);
  };
  const candidate = pick('candidate');
  if (options.mutant === undefined) return { baseline: pick('baseline'), candidate };
  if (options.baseline !== undefined)
    throw new UsageError('--mutant judges the candidate without another release: leave --baseline out');
  return { baseline: candidate, candidate };
}

function scopeOf(
  options: RegressionOptions,
  config: LoadedConfig,
  arms: Record<Arm, string>,
  seed: number,
  selection: Selection,
): Scope {
  const startedAt = new Date().toISOString();
  const readmes = readmesOf(
    config.root,
    selection.checks.map(({ suite }) => suite),
  );
  return {
    schemaVersion: 1,
    id: `${startedAt.slice(0, 19).replaceAll(':', '-')}-${randomBytes(3).toString('hex')}`,
    product: config.product,
    command: commandOf(options, config, arms, seed, selection),
    seed,
    startedAt,
    profile: options.profile,
    tickets: [...selection.tickets],
    narrowedBy: [...selection.narrowedBy, ...otherArms(config, arms, selection)],
    checks: [...selection.planned],
    expected: [...selection.expected],
    deferred: selection.deferred,
    ...(readmes.length === 0 ? {} : { readmes }),
    provenance: provenanceOf(config.root, arms, selection.promises),
  };
}

function commandOf(
  options: RegressionOptions,
  config: LoadedConfig,
  arms: Record<Arm, string>,
  seed: number,
  selection: Selection,
): string {
  return [
    'npm run regression -- --profile',
    options.profile,
    `--seed ${seed}`,
    ...selection.narrowedBy,
    ...otherArms(config, arms, selection),
    ...(options.repeat === 1 ? [] : [`--repeat ${options.repeat}`]),
    ...options.component.map((pair) => `--component ${pair}`),
    ...(options.config === 'regression.config.ts' ? [] : [`--config ${options.config}`]),
  ].join(' ');
}

/** Arms other than those the product is judged by, as options. */
function otherArms({ releases }: LoadedConfig, arms: Record<Arm, string>, { mutant }: Selection): string[] {
  const chosen = mutant === undefined ? ARMS : (['candidate'] as const);
  return chosen.filter((arm) => arms[arm] !== releases.default[arm]).map((arm) => `--${arm} ${arms[arm]}`);
}

/** `5 checks, 10 executions, for 8 gates` */
function sizeOf({ checks, expected }: Scope): string {
  const executions = checks.reduce((sum, check) => sum + check.arms.length * check.replicates, 0);
  return `${counted(checks.length, 'check')}, ${counted(executions, 'execution')}, for ${counted(expected.length, 'gate')}`;
}
