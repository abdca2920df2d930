/** The looks at one promise as `run.json` keeps them: how the evidence grew from pair to pair, and when it was called. */
import type { LimitPromise, ReleasePromise } from '../schema/promise.ts';
import { type LooksReport, MOST_LOOKS } from '../schema/run.ts';
import type { Evidence } from './evidence.ts';
import type { MadePairs } from './pairs.ts';
import { NO_PROGRESS } from './progress.ts';

/**
 * The looks at `promise`, asked again of the saved pairs; nothing that the check itself recorded is taken for them.
 * Undefined where there were none: its check makes all its replicates, or it has not exactly one check.
 */
export function reportLooks(
  { pairs }: Evidence,
  promise: ReleasePromise,
  checks: readonly string[],
): LooksReport | undefined {
  const made = checks.length === 1 ? pairs.get(checks[0] as string) : undefined;
  if (made === undefined || made.looks.length === 0) return undefined;
  const verdicts = made.looks.map(({ verdicts }) => verdicts.get(promise.id) ?? 'no-data');
  const called = calledAt(verdicts);
  return {
    most: made.most,
    called:
      called === undefined
        ? null
        : { verdict: called.verdict, pairs: called.pairs, samples: samplesBy(made, promise, called.pairs) },
    sequence: shownOf(made.looks.length, called?.pairs).map((pairs) => ({
      pairs,
      verdict: verdicts[pairs - 1] as (typeof verdicts)[number],
      ...(made.looks[pairs - 1]?.progress.get(promise.id) ?? NO_PROGRESS),
    })),
  };
}

/** The look from which on the verdict was certain and stayed what it was; after so many pairs. */
function calledAt(verdicts: readonly string[]): { verdict: 'fail' | 'pass'; pairs: number } | undefined {
  const verdict = verdicts.at(-1);
  if (verdict !== 'fail' && verdict !== 'pass') return undefined;
  return { verdict, pairs: verdicts.findLastIndex((other) => other !== verdict) + 2 };
}

/** Of a guardrail, whose samples are pairs, the pairs; else the candidate's samples. */
function samplesBy({ pairs }: MadePairs, promise: ReleasePromise, made: number): number {
  if (promise.kind === 'guardrail') return made;
  const of = (one: MadePairs['pairs'][number], { id }: LimitPromise) => one.limits.get(id)?.candidate.samples ?? 0;
  return pairs.slice(0, made).reduce((sum, pair) => sum + of(pair, promise), 0);
}

/** Counts of pairs: all of them, or evenly spaced ones with the first, the last and the call among them. */
function shownOf(looks: number, called: number | undefined): number[] {
  const even = MOST_LOOKS - 1;
  if (looks <= MOST_LOOKS) return Array.from({ length: looks }, (_, index) => index + 1);
  const shown = new Set(Array.from({ length: even }, (_, index) => 1 + Math.round((index * (looks - 1)) / (even - 1))));
  if (called !== undefined) shown.add(called);
  return [...shown].sort((a, b) => a - b);
}
