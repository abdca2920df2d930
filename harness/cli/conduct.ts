/** Conducts a run between its scope and its verdict: components, checks, the ways it may stop. Leaves no process behind. */
import { join } from 'node:path';
import type { CheckDefinition } from '../checks/check-definition.ts';
import { runChecks } from '../checks/run-checks.ts';
import type { Execution } from '../checks/run-context.ts';
import { changeOf } from '../mutants/declared.ts';
import { EntryWriter } from '../observations/entry-writer.ts';
import { readEntries } from '../observations/read-entries.ts';
import { Reaper } from '../processes/reaper.ts';
import type { Progress } from '../reporters/progress.ts';
import { counted } from '../reporters/quantity.ts';
import { FILES } from '../run-folder/files.ts';
import { sealRun } from '../run-folder/seal.ts';
import type { RunEnded } from '../schema/entry.ts';
import { type Profile, reaches } from '../schema/promise.ts';
import type { Gate } from '../schema/run.ts';
import type { Scope } from '../schema/scope.ts';
import { bailWhenCertain } from './bail.ts';
import { confirm, startComponents } from './components.ts';
import type { LoadedConfig } from './config.ts';
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
  /** How long the checks of the last run like this one took, if there was one. */
  readonly expected_ms: number | undefined;
}

/** Resolves when everything it started is gone, `run-ended` is written and the folder is sealed. */
export async function conduct(options: ConductOptions): Promise<void> {
  const { config, scope, folder, stopping, progress } = options;
  const writer = new EntryWriter(join(folder, FILES.observations));
  const reaper = await Reaper.found();
  let how: RunEnded['how'] | undefined;
  const needed = scope.checks.flatMap((check) => check.components);
  const names = [...new Set([...needed, ...toolsOf(options.selection.checks, scope.profile)])];
  const says = 'the reaper died: what the run had started was ended, and what came after it cannot be judged';
  void reaper.lost.then(() => writer.append({ type: 'trouble', at: new Date().toISOString(), says }));
  try {
    const began = performance.now();
    progress.update({ suite: 'components', check: names, done: 0, total: 0 });
    const components = await startComponents({
      config,
      reaper,
      record: (entry) => writer.append(entry),
      names,
      forced: options.forced,
      provision: options.provision,
      logFolder: join(folder, FILES.logs),
      signal: stopping.signal,
      say: progress.line,
      confirm: (command) => progress.aside(() => confirm(command)),
    });
    progress.line(`components ready after ${seconds(performance.now() - began)} (not counted in the profile's time)`);
    stopping.setDeadline(2 * config.profiles[scope.profile].budget_ms);
    if (!stopping.signal.aborted) await runThem(options, components, reaper.socketPath);
    how = stopping.reason?.how ?? 'finished';
  } catch (error) {
    // Whatever is under way when a run is told to stop may reject: why it ends is known already.
    how = stopping.reason?.how;
    if (how === undefined) throw error;
  } finally {
    // First everybody who could still write, then the last line, then the seal. A run that broke has no last line.
    await reaper.close();
    if (how !== undefined) writer.append({ type: 'run-ended', at: new Date().toISOString(), how });
    writer.close();
    await sealRun(folder);
  }
}

/** What the checks use at this profile where it can be had. */
function toolsOf(checks: readonly CheckDefinition[], profile: Profile): string[] {
  return checks
    .flatMap(({ options }) => Object.entries(options.stack?.tools ?? {}))
    .flatMap(([name, from]) => (reaches(profile, from) ? [name] : []));
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
  const replicatesOf = new Map(planned.map(({ id, replicates }) => [id, replicates]));
  const measured = new Set(planned.flatMap(({ id, leastReplicates }) => (leastReplicates === undefined ? [] : [id])));
  const endedEarly = new Set<string>();
  const telling: Promise<void>[] = [];
  /** The first start of a check: from there on the time is the profile's. */
  let began: number | undefined;
  let done = 0;
  const show = () => {
    began ??= performance.now();
    progress.update({
      suite: [...new Set([...running].map((name) => name.split('/')[0]))].join(' ') || 'between checks',
      check: [...running],
      done,
      total,
      elapsed_ms: performance.now() - began,
      expected_ms: options.expected_ms,
      budget_ms: config.profiles[scope.profile].budget_ms,
    });
  };
  const nameOf = ({ check, arm, replicate }: Execution) =>
    `${check} ${arm}${replicatesOf.get(check) === 1 ? '' : `, replicate ${replicate}`}`;
  progress.update({ suite: 'starting the checks', check: '', done, total });
  // With a planted fault every gate that is to catch it: another's fail says nothing of them, nor one's of the next.
  const named = selection.mutant?.gates.filter((id) => selection.expected.includes(id));
  const enough = (failed: readonly Gate[]) =>
    named === undefined
      ? failed.some(({ waived }) => waived === undefined)
      : named.every((id) => failed.some((gate) => gate.id === id));
  await using _looking = options.bail ? bailWhenCertain({ folder, enough, stopping }) : undefined;
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
      ...(selection.mutant === undefined ? {} : { change: changeOf(selection.mutant, config.root) }),
    },
    signal: stopping.signal,
    listener: {
      started: (execution) => {
        running.add(nameOf(execution));
        show();
        // Of a measured check nobody knows at this moment whether it goes on.
        if (!measured.has(execution.check)) progress.step(`${nameOf(execution)} started`);
      },
      ended: (execution, status, duration_ms, voided) => {
        running.delete(nameOf(execution));
        done += 1;
        show();
        const how = `${done}/${total} ${nameOf(execution)} ${status === 'completed' ? 'done' : 'ended in an error'} after ${seconds(duration_ms)}${voided === 0 ? '' : `; its pair was made again ${counted(voided, 'time')}, because the load generator was late`}`;
        if (status === 'completed') progress.line(how);
        else telling.push(errorOf(folder, execution).then((error) => progress.line(`${how}: ${error}`)));
      },
      unneeded: (execution) => {
        const { check, replicate } = execution;
        running.delete(nameOf(execution));
        total -= 1;
        show();
        if (endedEarly.has(check)) return;
        endedEarly.add(check);
        progress.line(`${check} ends after ${replicate} of at most ${replicatesOf.get(check)} pairs`);
      },
    },
  });
  await Promise.all(telling);
}

/** The first line of what an execution threw, as it recorded it; the report has the rest. */
async function errorOf(folder: string, { check, arm, replicate }: Execution): Promise<string> {
  const { entries } = await readEntries(join(folder, FILES.observations));
  const ended = entries.findLast(
    (entry) =>
      entry.type === 'check-ended' && entry.check === check && entry.arm === arm && entry.replicate === replicate,
  );
  return ended?.type === 'check-ended'
    ? ((ended.error ?? '').split('\n', 1)[0] as string)
    : 'it left no record of its end';
}

function seconds(duration_ms: number): string {
  return `${(duration_ms / 1_000).toFixed(1)} s`;
}
