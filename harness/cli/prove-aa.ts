/**
 * `npm run prove -- --aa`: real runs of the candidate against itself, one after the other, beside a process that burns a
 * core, as a noisy neighbour would. No gate may say `fail`: whatever the machine does, there is no difference to find.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { discover } from '../checks/discover.ts';
import { renderAa } from '../reporters/aa.ts';
import type { Progress } from '../reporters/progress.ts';
import { unwritable } from '../run-folder/errors.ts';
import { checkoutOf } from '../run-folder/provenance.ts';
import { writeAtomically } from '../run-folder/write-atomically.ts';
import type { Aa, AaRun } from '../schema/aa.ts';
import type { Profile } from '../schema/promise.ts';
import type { Run } from '../schema/run.ts';
import { EXIT } from '../schema/verdict.ts';
import { startBurner } from './burner.ts';
import { type ChildRuns, withChildRuns } from './child-runs.ts';
import { parseForced } from './components.ts';
import { loadConfig } from './config.ts';
import { progressOnStderr } from './progress-on-stderr.ts';
import { select } from './select.ts';
import { Stopping } from './stopping.ts';
import { wantsColor } from './tell.ts';
import { UsageError } from './usage-error.ts';

export interface ProveAaOptions {
  readonly runs: number;
  readonly profile: Profile;
  readonly check: readonly string[];
  readonly ticket: readonly string[];
  readonly seed?: number;
  readonly output: string;
  readonly component: readonly string[];
  readonly provision: boolean;
  readonly json?: boolean;
  readonly config: string;
}

/** Exit code 1 when a gate says `fail`; 2 when a run was not complete, or nothing burned beside them to the end. */
export async function proveAa(options: ProveAaOptions): Promise<number> {
  const { profile, check, ticket, output, provision } = options;
  const config = await loadConfig(options.config);
  const forced = parseForced(options.component, config);
  const selection = select(await discover(config.root, config.suites), { check, ticket, suite: [] }, profile, 1);
  if (selection.checks.length === 0) throw new UsageError(`nothing to run at profile ${profile}`);
  const folder = makeFolder(resolve(output, 'aa'));
  const path = join(output, 'aa.json');

  const progress = progressOnStderr();
  const stopping = new Stopping();
  using _signals = stopping.listenForSignals(progress.line);
  const { candidate } = config.releases.default;
  const startedAt = new Date().toISOString();
  const runs: AaRun[] = [];
  const say = () =>
    progress.update({
      suite: 'A/A runs',
      check: `${candidate} against itself`,
      done: runs.length,
      total: options.runs,
    });
  const components = [...new Set(selection.checks.flatMap((one) => one.options.stack?.components ?? []))];
  const burner = await withChildRuns(
    { config, components, forced, provision, folder, stopping, progress },
    async (children) => {
      const burning = await startBurner(children.reaper);
      const filters = [...check.flatMap((id) => ['--check', id]), ...ticket.flatMap((id) => ['--ticket', id])];
      const args = ['--config', options.config, '--profile', profile, '--baseline', candidate, ...filters];
      await runAll({ children, args, options, stopping, progress, runs, say });
      return { burned: await burning.stop() };
    },
  );
  progress.stop();
  if (burner === undefined && stopping.reason === undefined) return EXIT.unknown;
  const aa: Aa = {
    schemaVersion: 1,
    ...checkoutOf(config.root),
    startedAt,
    endedAt: new Date().toISOString(),
    release: candidate,
    profile,
    asked: options.runs,
    burner: burner?.burned ?? null,
    runs,
  };
  writeAtomically(path, `${JSON.stringify(aa, null, 2)}\n`);
  const color = wantsColor(process.stdout);
  process.stdout.write(
    options.json ? `${JSON.stringify(aa, null, 2)}\n` : renderAa(aa, { color, path: relative(process.cwd(), path) }),
  );
  if (stopping.reason?.how === 'interrupted') return stopping.reason.exitCode;
  return exitCodeOfAa(aa);
}

/** A fail is certain whatever else went wrong; else every run must be known. */
export function exitCodeOfAa({ runs, asked, burner }: Aa): number {
  if (runs.some(({ others }) => Object.values(others).includes('fail'))) return EXIT.fail;
  const known = runs.length === asked && runs.every(({ complete }) => complete);
  return known && burner !== null ? EXIT.pass : EXIT.unknown;
}

interface Work {
  readonly children: ChildRuns;
  readonly args: readonly string[];
  readonly options: ProveAaOptions;
  readonly stopping: Stopping;
  readonly progress: Progress;
  readonly runs: AaRun[];
  readonly say: () => void;
}

/** Each run has a seed of its own: the first is drawn, or given, and the others count on from it. */
async function runAll({ children, args, options, stopping, progress, runs, say }: Work): Promise<void> {
  const first = options.seed ?? randomInt(2 ** 31);
  for (let number = 1; number <= options.runs && !stopping.signal.aborted; number += 1) {
    say();
    const began = performance.now();
    const seeded = [...args, '--seed', String((first + number - 1) % 2 ** 32)];
    const run = await children.run(`run-${number}`, seeded);
    if (run === 'interrupted') return;
    const report = reportAaRun(run, {
      seed: (first + number - 1) % 2 ** 32,
      args: seeded,
      duration_ms: performance.now() - began,
    });
    runs.push(report);
    say();
    progress.line(`${number}/${options.runs} ${report.verdict ?? 'no verdict'}${othersOf(report)}`);
  }
}

function reportAaRun(
  run: Run | undefined,
  made: { readonly seed: number; readonly args: readonly string[]; readonly duration_ms: number },
): AaRun {
  const others = (run?.gates ?? []).filter((gate) => gate.verdict !== 'pass');
  return {
    seed: made.seed,
    complete: run?.ended === 'finished' && run.scope.complete,
    verdict: run?.verdict ?? null,
    gates: run?.gates.length ?? 0,
    others: Object.fromEntries(others.map((gate) => [gate.id, gate.verdict])),
    duration_ms: Math.round(made.duration_ms),
    rerun: run?.command ?? `npm run regression -- ${made.args.join(' ')}`,
  };
}

function othersOf({ others }: AaRun): string {
  return Object.entries(others)
    .map(([id, verdict]) => `, ${id} ${verdict}`)
    .join('');
}

function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unwritable(folder, error);
  }
  return folder;
}
