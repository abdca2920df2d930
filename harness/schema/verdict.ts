/** The verdict scale, its order, and the exit code each verdict ends a run with. */
import { z } from 'zod';

/** Every verdict, worst first: of several, the one that stands first here wins. */
export const VERDICTS = ['fail', 'error', 'no-data', 'inconclusive', 'marginal', 'pass'] as const;

export const verdictSchema = z.enum(VERDICTS);
export type Verdict = z.infer<typeof verdictSchema>;

/** Exit codes of every command (DESIGN: 0 pass, 1 fail, 2 not known, 128 + signal, 254 usage, 255 crash). */
export const EXIT = {
  pass: 0,
  fail: 1,
  unknown: 2,
  interrupted: 130,
  terminated: 143,
  usage: 254,
  crash: 255,
} as const;

/** The worst of the verdicts given; `no-data` for none at all, because nothing passes by being absent. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'no-data';
}

/** The exit code of a verdict: only `pass` is 0, only `fail` is 1, all between is "not known". */
export function exitCodeOf(verdict: Verdict): number {
  if (verdict === 'pass') return EXIT.pass;
  return verdict === 'fail' ? EXIT.fail : EXIT.unknown;
}
