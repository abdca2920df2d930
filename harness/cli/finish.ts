/** The end of every run, also of one that was cut short: judge what was recorded and tell it in every form. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { reportHistory } from '../judge/history.ts';
import { judge } from '../judge/judge.ts';
import { seededRandom } from '../random/random.ts';
import { renderAnnotations } from '../reporters/annotations.ts';
import { renderBadge } from '../reporters/badge.ts';
import { renderCtrf } from '../reporters/ctrf.ts';
import { renderHtml } from '../reporters/html/html.ts';
import { renderJunit } from '../reporters/junit.ts';
import { renderSummary } from '../reporters/summary.ts';
import { FILES } from '../run-folder/files.ts';
import { keptHistory } from '../run-folder/history.ts';
import { loadRun } from '../run-folder/load.ts';
import { withLogLines } from '../run-folder/log-lines.ts';
import { readCertificate, readProof } from '../run-folder/proof.ts';
import { writeAtomically } from '../run-folder/write-atomically.ts';
import { type Run, runSchema } from '../schema/run.ts';

/** Judges the run saved in `folder`; writes nothing. @param say hears of each line of its history that is left out, and why */
export async function judgeFolder(folder: string, say: (line: string) => void = () => {}): Promise<Run> {
  const run = judge(await loadRun(folder));
  const proof = readProof(folder);
  const certificate = readCertificate(folder);
  const kept = keptHistory(folder);
  for (const problem of kept?.problems ?? []) say(problem);
  const attachments = attachmentsOf(folder);
  return {
    ...run,
    checks: withLogLines(run.checks, folder, new Set(attachments.map(({ name }) => name))),
    ...(proof === undefined ? {} : { mutants: proof.mutants }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(kept === undefined ? {} : { history: reportHistory(run, kept.lines, seededRandom(run.seed)) }),
    attachments,
  };
}

/** Judges the run saved in `folder` and writes `run.json` and the reports into it. */
export async function finishFolder(folder: string, say?: (line: string) => void): Promise<Run> {
  const run = await judgeFolder(folder, say);
  runSchema.parse(run);
  writeAtomically(join(folder, FILES.html), renderHtml(run));
  writeAtomically(join(folder, FILES.junit), renderJunit(run));
  writeAtomically(join(folder, FILES.ctrf), renderCtrf(run));
  writeAtomically(join(folder, FILES.summary), renderSummary(run));
  writeAtomically(join(folder, FILES.annotations), renderAnnotations(run));
  writeAtomically(join(folder, FILES.badge), renderBadge(run));
  // Last, because a run that has it counts as ended.
  writeAtomically(join(folder, FILES.run), `${JSON.stringify(run, null, 2)}\n`);
  return run;
}

/** The logs and screenshots; none where their folder cannot be read, because no verdict hangs on them. */
function attachmentsOf(folder: string): Run['attachments'] {
  try {
    const names = readdirSync(join(folder, FILES.logs)).sort();
    return names.map((name) => ({
      name,
      path: `${FILES.logs}/${name}`,
      mime: name.endsWith('.png') ? 'image/png' : 'text/plain',
    }));
  } catch {
    return [];
  }
}
