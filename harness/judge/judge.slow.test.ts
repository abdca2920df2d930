/**
 * What takes seconds to see of the judge: properties of whole runs, and runs of a size. Beside `judge.test.ts` because
 * `prove --stryker` runs the tests once for each mutant, and these cost more there than they find.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECK_STATUSES, type Entry } from '../schema/entry.ts';
import { judge } from './judge.ts';
import {
  at,
  finished,
  givenCheck,
  givenPromise,
  givenRun,
  honestEntries,
  redis,
  times,
  whatHappened,
} from './saved-run.fixture.ts';

const check = givenCheck();
const promises = [
  givenPromise(),
  givenPromise({ id: 'acme-1/p50', statistic: 'p50', operator: '<', limit: 40_000, minSamples: 6, kind: 'absolute' }),
  givenPromise({ id: 'acme-1/share', statistic: 'share-above', operator: '<', limit: 0.5, minSamples: 5 }),
  givenPromise({ id: 'acme-1/min', statistic: 'min', operator: '>=', limit: 1, minSamples: 1, kind: 'absolute' }),
];

/** What an honest writer may leave behind: any values, facts and status, true tallies, perhaps no end. */
const honestLines = fc
  .record({
    baseline: fc.array(fc.array(fc.constantFrom(0, 500, 60_000), { maxLength: 20 }), { maxLength: 4 }),
    candidate: fc.array(fc.array(fc.constantFrom(1, 2, 500, 500, 500, 60_000), { maxLength: 20 }), { maxLength: 4 }),
    quick: fc.boolean(),
    holds: fc.boolean(),
    status: fc.constantFrom('completed', 'completed', ...CHECK_STATUSES),
    ended: fc.boolean(),
  })
  .map(({ baseline, candidate, quick, holds, status, ended }): Entry[] => [
    redis,
    ...whatHappened(check, { arm: 'baseline', values: { away_ms: quick ? [times(20, 60_000)] : baseline } }),
    ...whatHappened(check, {
      values: { away_ms: quick ? [times(20, 1), times(20, 2)] : candidate },
      facts: { 'it came back': true, 'nothing was lost': holds || quick },
      status: quick ? 'completed' : status,
    }),
    ...(ended || quick ? [finished] : []),
  ]);

const whenJudged = (entries: Entry[]) => judge(givenRun({ promises, entries }));
const passing = (entries: Entry[]) => {
  const run = whenJudged(entries);
  return new Set([
    ...(run.verdict === 'pass' ? ['run'] : []),
    ...run.gates.filter(({ verdict }) => verdict === 'pass').map(({ id }) => id),
  ]);
};

describe('judge', () => {
  test('gives the same bytes in whatever order the lines stand', () => {
    fc.assert(
      fc.property(
        honestLines.chain((lines) =>
          fc.tuple(
            fc.constant(lines),
            fc.shuffledSubarray([...lines, ...lines.slice(2, 5)], { minLength: lines.length + 3 }),
          ),
        ),
        ([lines, shuffled]) => {
          const again = [...lines, ...lines.slice(2, 5)];
          expect(JSON.stringify(whenJudged(shuffled))).toBe(JSON.stringify(whenJudged(again)));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('removing any one line never turns into a pass what was none', () => {
    let passes = 0;
    fc.assert(
      fc.property(honestLines, (lines) => {
        const before = passing(lines);
        passes += Number(before.has('run'));
        for (const [index] of lines.entries()) {
          const after = passing(lines.toSpliced(index, 1));
          expect([...after].filter((id) => !before.has(id))).toEqual([]);
          expect(after.has('run'), `without line ${index}`).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
    expect(passes).toBeGreaterThan(10);
  });

  test('a pass has at least the least number of samples', () => {
    fc.assert(
      fc.property(honestLines, (lines) => {
        for (const gate of whenJudged(lines).gates.filter(({ verdict }) => verdict === 'pass')) {
          const least = promises.find(({ id }) => id === gate.id)?.minSamples ?? check.facts.length;
          expect(gate.candidate.samples).toBeGreaterThanOrEqual(least);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('takes a million values in its stride', () => {
    const block = () => Array.from({ length: 1024 }, (_, i) => (i * 7919) % 1009);
    const blocks = Array.from({ length: 488 }, block);
    const entries = [
      redis,
      ...whatHappened(check, { arm: 'baseline', values: { away_ms: blocks } }),
      ...whatHappened(check, { values: { away_ms: blocks } }),
      { ...finished, at: at(1000) },
    ];
    // Processor time, not the clock: whatever else the machine does is not in it.
    const before = process.cpuUsage();
    const run = whenJudged(entries);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(1);
    expect(run.gates[0]?.candidate.samples).toBe(499_712);
  });

  test('a line repeated two hundred thousand times is judged, not a crash', () => {
    const honest = honestEntries(check);
    const lineOf = (type: Entry['type']) => honest.find((entry) => entry.type === type) as Entry;
    for (const line of [lineOf('check-ended'), lineOf('check-started')]) {
      const entries = [...honest, ...Array.from({ length: 200_000 }, () => line)];
      expect(judge(givenRun({ entries })).verdict).toBe('error');
    }
  });
});
