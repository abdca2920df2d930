/** Something that keeps a gate from being judged: the verdict it brings and a sentence that says why. */
import { VERDICTS, type Verdict } from '../schema/verdict.ts';

export interface Problem {
  verdict: Extract<Verdict, 'error' | 'no-data'>;
  says: string;
  /** What lies behind it, where several checks share that; the list of what a run misses tells it once. */
  cause?: string;
}

const SHOWN = 3;

/** Worst first, each sentence once; problems of one verdict keep their order. */
export function distinctProblems(problems: readonly Problem[]): Problem[] {
  const bySentence = new Map(problems.map((problem) => [problem.says, problem]));
  return [...bySentence.values()].sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
}

/** The first few sentences, and how many more there are. */
export function sentencesOf(problems: readonly Problem[]): string {
  const shown = problems.slice(0, SHOWN).map((problem) => problem.says);
  if (problems.length > SHOWN) shown.push(`and ${problems.length - SHOWN} more`);
  return shown.join('; ');
}
