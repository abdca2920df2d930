/** Conducts a run between its scope and its verdict: components, checks, the ways it may stop. Leaves no process behind. */
import { join } from 'node:path';
import { runChecks } from '../checks/run-checks.ts';
import { EntryWriter } from '../observations/entry-writer.ts';
import { Reaper } from '../processes/reaper.ts';
import type { Progress } from '../reporters/progress.ts';
import { FILES } from '../run-folder/files.ts';
import { sealRun } from '../run-folder/seal.ts';
import type { Scope } from '../schema/scope.ts';
import { startComponents } from './components.ts';
import type { LoadedConfig } from './config.ts';
import { judgeFolder } from './finish.ts';
import type { Selection } from './select.ts';
import type { Stopping } from './stopping.ts';

export interface ConductOptions {
  readonly config: LoadedConfig;
  readonly scope: Scope;
  readonly selection: Selection;
  readonly folder: string;
  readonly forced: ReadonlyMap<string, string>;
  readonly provision: boolean;
  readonly bail: boolean;
  readonly stopping: Stopping;
  readonly progress: Progress;
  /** Duration of the last run of the same scope, if there was one. */
  readonly expected_ms: number | undefined;
}

/** Resolves when everything it started is gone, `run-ended` is written and the folder is sealed. */
export async function conduct(options: ConductOptions): Promise<void> {
  const { config, scope, folder, stopping, progress } = options;
  const writer = new EntryWriter(join(folder, FILES.observations));
  const reaper = await Reaper.found();
  try {
    const began = performance.now();
    const components = await startComponents({
      config,
      reaper,
      writer,
      names: [...new Set(scope.checks.flatMap((check) => check.components))],
      forced: options.forced,
      provision: options.provision,
      runFolder: folder,
      signal: stopping.signal,
      say: progress.line,
    });
    progress.line(`components ready after ${seconds(performance.now() - began)} (not counted in the profile's time)`);
    stopping.setDeadline(2 * config.profiles[scope.profile].budget_ms);
    if (!stopping.signal.aborted) await runThem(options, components, reaper.socketPath);
  } finally {
    // First everybody who could still write, then the last line, then the seal.
    await reaper.close();
    writer.append({ type: 'run-ended', at: new Date().toISOString(), how: stopping.reason?.how ?? 'finished' });
    writer.close();
    await sealRun(folder);
  }
}

async function runThem(
  options: ConductOptions,
  components: Record<string, { url: string }>,
  reaper: string,
): Promise<void> {
  const { config, scope, selection, folder, stopping, progress } = options;
  const checks = selection.checks.filter((check) =>
    (check.options.stack?.components ?? []).every((name) => name in components),
  );
  const running = new Set<string>();
  const planned = scope.checks.filter(({ id }) => checks.some((check) => check.id === id));
  let total = planned.reduce((sum, { arms, replicates }) => sum + arms.length * replicates, 0);
  const endedEarly = new Set<string>();
  const began = performance.now();
  let done = 0;
  const show = () =>
    progress.update({
      suite: [...new Set([...running].map((name) => name.split('/')[0]))].join(' '),
      check: [...running].join(', '),
      done,
      total,
      elapsed_ms: performance.now() - began,
      ...(options.expected_ms === undefined ? {} : { expected_ms: options.expected_ms }),
    });
  await runChecks({
    root: config.root,
    checks,
    run: {
      runFolder: folder,
      seed: scope.seed,
      profile: scope.profile,
      arms: scope.provenance.arms,
      checks: planned,
      promises: selection.promises,
      components,
      reaper,
    },
    signal: stopping.signal,
    listener: {
      started: ({ check, arm }) => {
        running.add(`${check} ${arm}`);
        show();
      },
      ended: ({ check, arm }, status, duration_ms) => {
        running.delete(`${check} ${arm}`);
        done += 1;
        show();
        progress.line(
          `${done}/${total} ${check} ${arm} ${status === 'completed' ? 'done' : 'ended in an error'} after ${seconds(duration_ms)}`,
        );
        if (options.bail) void stopAtFirstFailure(folder, stopping);
      },
      unneeded: ({ check, arm, replicate }) => {
        running.delete(`${check} ${arm}`);
        total -= 1;
        show();
        if (endedEarly.has(check)) return;
        endedEarly.add(check);
        const most = planned.find(({ id }) => id === check)?.replicates;
        progress.line(`${check} ends after ${replicate} of at most ${most} pairs`);
      },
    },
  });
}

async function stopAtFirstFailure(folder: string, stopping: Stopping): Promise<void> {
  const { gates } = await judgeFolder(folder);
  if (gates.some((gate) => gate.verdict === 'fail')) stopping.stop({ how: 'bailed' });
}

function seconds(duration_ms: number): string {
  return `${(duration_ms / 1_000).toFixed(1)} s`;
}
