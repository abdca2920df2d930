/** Runs Stryker on the judge, looked after by the reaper, and reads what it found. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ReaperConnection } from '../processes/reaper.ts';
import { runCommand } from '../processes/run-command.ts';
import type { FolderScore } from '../schema/mutation-score.ts';
import { scoreOf } from './score.ts';
import { strykerOptions } from './stryker-options.ts';

/** On two quiet cores it takes a few minutes. */
const DEADLINE_MS = 2 * 3_600_000;
const PROGRESS = /(\d+)\/(\d+) tested \((\d+) survived/;

export interface Tried {
  readonly folder: string;
  readonly done: number;
  readonly total: number;
  readonly survived: number;
}

export interface Measurement {
  /** What is copied and changed lies under it. Nothing is written there. */
  readonly root: string;
  /** Under the root: what is changed, with its tests. */
  readonly scored: readonly string[];
  /** Under the root: what those import beside. */
  readonly needed: readonly string[];
  /** How many changes are tried at a time. */
  readonly jobs: number;
  readonly reaper: ReaperConnection;
  readonly signal: AbortSignal;
  readonly progress: (tried: Tried) => void;
}

/**
 * The score of each folder by its own tests: a change that only another folder's tests would notice is not noticed.
 * The copies lie in a temporary folder, which is removed whatever happens.
 * @throws ProcessError when Stryker fails, as when a test fails without any change, or is not done within two hours
 * @throws MutationReportError
 */
export async function measureScores(measurement: Measurement): Promise<FolderScore[]> {
  const { scored, reaper } = measurement;
  const temporary = await reaper.makeFolder(join(tmpdir(), 'mutation-score-'));
  try {
    const scores: FolderScore[] = [];
    for (const folder of scored) scores.push(await measureFolder(measurement, folder, temporary));
    return scores;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    await reaper.releaseFolder(temporary);
  }
}

async function measureFolder(measurement: Measurement, folder: string, temporary: string): Promise<FolderScore> {
  const { root, scored, needed, jobs, reaper, signal, progress } = measurement;
  const report = join(temporary, 'report.json');
  const options = join(temporary, 'options.json');
  const copied = [...scored, ...needed];
  writeFileSync(
    options,
    JSON.stringify(strykerOptions({ folder, copied, jobs, report, temporary: join(temporary, 'copies') })),
  );
  await runCommand({
    name: 'stryker',
    command: process.execPath,
    args: [strykerProgram(), 'run', options],
    cwd: root,
    reaper,
    signal,
    timeout_ms: DEADLINE_MS,
    onLine(line) {
      const [, done, total, survived] = PROGRESS.exec(line) ?? [];
      if (done !== undefined)
        progress({ folder, done: Number(done), total: Number(total), survived: Number(survived) });
    },
  });
  return scoreOf(readFileSync(report, 'utf8'), folder);
}

function strykerProgram(): string {
  const manifest = createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json');
  return join(dirname(manifest), 'bin/stryker.js');
}
