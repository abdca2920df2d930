/** From Stryker's report to the score of a folder. Pure. */
import { z } from 'zod';
import type { FolderScore } from '../schema/mutation-score.ts';

/**
 * What is read of Stryker's report; the rest of it is left alone.
 * Source: https://github.com/stryker-mutator/mutation-testing-elements, `mutation-testing-report-schema.json`.
 */
const reportSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      mutants: z.array(
        z.object({
          mutatorName: z.string(),
          replacement: z.string().default(''),
          status: z.enum([
            'Killed',
            'Timeout',
            'Survived',
            'NoCoverage',
            'Ignored',
            'RuntimeError',
            'CompileError',
            'Pending',
          ]),
          location: z.object({ start: z.object({ line: z.int(), column: z.int() }) }),
        }),
      ),
    }),
  ),
});
type Report = z.infer<typeof reportSchema>;
type Found = Report['files'][string]['mutants'][number] & { readonly file: string };

/** Stryker's report does not say what is needed of it. */
export class MutationReportError extends Error {
  readonly code = 'unreadable';
  override readonly name = 'MutationReportError';
}

/**
 * The score of `folder`, from the text of Stryker's report.
 * @throws MutationReportError when it is no such report, or a change was left untried
 */
export function scoreOf(report: string, folder: string): FolderScore {
  const { files } = parse(report);
  const found = Object.entries(files)
    .flatMap(([file, { mutants }]) => mutants.map((mutant): Found => ({ ...mutant, file: file.replaceAll('\\', '/') })))
    .filter(({ file }) => file.startsWith(`${folder}/`));
  const count = (...statuses: Found['status'][]) => found.filter(({ status }) => statuses.includes(status)).length;
  const untried = count('Pending');
  if (untried > 0) throw new MutationReportError(`expected every change to be tried, but ${untried} were not`);
  const detected = count('Killed', 'Timeout');
  const undetected = found.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const tried = detected + undetected.length;
  return {
    folder,
    score: tried === 0 ? 0 : detected / tried,
    killed: count('Killed'),
    timeout: count('Timeout'),
    survived: count('Survived'),
    noCoverage: count('NoCoverage'),
    ignored: count('Ignored'),
    errors: count('RuntimeError', 'CompileError'),
    undetected: undetected.map(({ file, location: { start }, mutatorName, replacement, status }) => ({
      at: `${file}:${start.line}:${start.column}`,
      mutator: mutatorName,
      replacement,
      how: status === 'Survived' ? 'survived' : 'no-coverage',
    })),
  };
}

function parse(report: string): Report {
  try {
    return reportSchema.parse(JSON.parse(report));
  } catch (cause) {
    throw new MutationReportError(`expected Stryker's report, and this is none: ${(cause as Error).message}`, {
      cause,
    });
  }
}
