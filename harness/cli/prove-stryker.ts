/** `npm run prove -- --stryker`: changes the judge's own code in every way that Stryker knows; its tests are to notice. */
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { hashSources, NEEDED_FOLDERS, SCORED_FOLDERS } from '../mutation-score/folders.ts';
import { measureScores } from '../mutation-score/measure.ts';
import { Reaper } from '../processes/reaper.ts';
import { ProcessError } from '../processes/run-process.ts';
import { renderMutationScore } from '../reporters/mutation-score.ts';
import { checkoutOf } from '../run-folder/provenance.ts';
import { writeAtomically } from '../run-folder/write-atomically.ts';
import { type FolderScore, MUTATION_GOAL, type MutationScore, reachesGoal } from '../schema/mutation-score.ts';
import { EXIT } from '../schema/verdict.ts';
import { MUTATION_FILE } from './mutation-file.ts';
import { makeOutputFolder } from './output-folder.ts';
import { progressOnStderr } from './progress-on-stderr.ts';
import { Stopping } from './stopping.ts';
import { wantsColor } from './tell.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface ProveStrykerOptions {
  /** How many changes are tried at a time. @default as many as there are cores */
  readonly jobs?: number;
  readonly output: string;
  readonly json?: boolean;
}

/** Exit code 1 when a folder is under the goal; 2 when that could not be told. Nothing is kept of a part. */
export async function proveStryker(options: ProveStrykerOptions): Promise<number> {
  const path = join(options.output, MUTATION_FILE);
  makeOutputFolder(options.output);
  const progress = progressOnStderr();
  const stopping = new Stopping();
  using _signals = stopping.listenForSignals(() => progress.line('stopping, nothing is kept; once more ends at once'));
  const began = { startedAt: new Date().toISOString(), sourcesSha256: hashSources(ROOT), ...checkoutOf(ROOT) };
  const folders = await tryAll(options.jobs ?? availableParallelism(), stopping.signal, progress.line);
  progress.stop();
  if (stopping.reason?.how === 'interrupted') return stopping.reason.exitCode;
  if (folders === undefined) return EXIT.unknown;
  if (hashSources(ROOT) !== began.sourcesSha256) {
    process.stderr.write('the sources were changed meanwhile, so it is not known what the score is of: try again\n');
    return EXIT.unknown;
  }
  const score: MutationScore = {
    schemaVersion: 1,
    ...began,
    endedAt: new Date().toISOString(),
    goal: MUTATION_GOAL,
    folders,
  };
  const json = JSON.stringify(score, null, 2);
  writeAtomically(path, `${json}\n`);
  const text = renderMutationScore(score, { color: wantsColor(process.stdout), path: relative(process.cwd(), path) });
  process.stdout.write(options.json ? `${json}\n` : text);
  return folders.every(reachesGoal) ? EXIT.pass : EXIT.fail;
}

/** Undefined when Stryker failed or was interrupted. */
async function tryAll(
  jobs: number,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<FolderScore[] | undefined> {
  say(`changing ${SCORED_FOLDERS.join(' and ')}, ${jobs} changes at a time`);
  const reaper = await Reaper.found();
  try {
    return await measureScores({
      root: ROOT,
      scored: SCORED_FOLDERS,
      needed: NEEDED_FOLDERS,
      jobs,
      reaper,
      signal,
      progress: ({ folder, done, total, survived }) =>
        say(`${folder}: ${done} of ${total} changes tried, ${survived} survived`),
    });
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof ProcessError)) throw error;
    say(error.message);
    return undefined;
  } finally {
    await reaper.close();
  }
}
