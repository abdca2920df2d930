/** Limits looked at early: when they are certain, and the bounds that the looks give. */
import { describe, expect, test } from 'vitest';
import { shareEvidence } from '../statistics/share-sequence.ts';
import { badShareOf } from './bad-share.ts';
import { estimateOf, Pool } from './estimate.ts';
import { capitalFor, FALSE_FAIL, FALSE_PASS, finalLevel } from './levels.ts';
import { withEarlyBounds } from './limit-bounds.ts';
import { earlyLimit, judgeLooked, summariseLimit } from './limit-looks.ts';
import { because, comparedWith, measured } from './reason.ts';
import { givenPromise, times } from './saved-run.fixture.ts';

const absolute = { kind: 'absolute', minSamples: 1 } as const;
const share = givenPromise({ ...absolute, statistic: 'share-above', threshold: 5, operator: '<=', limit: 0.1 });
const p95 = givenPromise({ ...absolute, statistic: 'p95', operator: '<', limit: 100 });
const p50 = givenPromise({ ...absolute, statistic: 'p50', operator: '>=', limit: 7 });
const count = givenPromise({ ...absolute, statistic: 'count-above', threshold: 5, operator: '<=', limit: 2 });
const most = givenPromise({ ...absolute, statistic: 'max', operator: '<', limit: 100 });
const least = givenPromise({ ...absolute, statistic: 'min', operator: '>=', limit: 7 });

describe('what is bad by a limit', () => {
  const bad = (promise: typeof p95, ...values: number[]) =>
    values.map((value) => badShareOf(promise)?.badness(value) === 1);

  test('is what lies on its wrong side, the limit itself by the operator', () => {
    expect(bad(p95, 99, 100, 101)).toEqual([false, true, true]);
    expect(bad({ ...p95, operator: '<=' }, 99, 100, 101)).toEqual([false, false, true]);
    expect(bad(p50, 6, 7, 8)).toEqual([true, false, false]);
    expect(bad(share, 4, 5, 6)).toEqual([false, false, true]);
    expect(bad({ ...share, operator: '>=' }, 4, 5, 6)).toEqual([true, true, false]);
  });

  test.each([
    [p95, 0.05],
    [{ ...p95, operator: '>' as const }, 0.95],
    [p50, 0.5],
    [{ ...p95, statistic: 'p99' as const }, 0.01],
    [share, 0.1],
    [{ ...share, operator: '>=' as const }, 0.9],
    [{ ...share, limit: 2 }, 1],
    [{ ...share, limit: -1 }, 0],
  ])('may be so many, by limit %#', (promise, allowed) => {
    expect(badShareOf(promise)?.allowed).toBeCloseTo(allowed, 12);
  });

  test.each([count, most, least])('is nothing that is counted of $statistic', (promise) => {
    expect(badShareOf(promise)).toBeUndefined();
  });
});

describe('a look', () => {
  const verdictAfter = (promise: typeof p95, replicates: number, value: number, samples = 10) =>
    earlyLimit(promise, Array(replicates).fill({ samples, value }));

  test('is a summary of each replicate: the share of what is bad, or the value itself', () => {
    expect(
      summariseLimit(share, [
        [1, 6],
        [7, 5],
      ]),
    ).toEqual({ samples: 4, value: 0.5 });
    expect(
      summariseLimit(count, [
        [1, 6],
        [7, 5],
      ]),
    ).toEqual({ samples: 4, value: 2 });
    expect(
      summariseLimit(most, [
        [1, 6],
        [7, 5],
      ]),
    ).toEqual({ samples: 4, value: 7 });
    expect(summariseLimit(most, [])).toEqual({ samples: 0, value: Number.NaN });
  });

  test('calls a limit broken or kept at the replicate that makes it certain, and not one before', () => {
    const first = (value: number, verdict: string) =>
      Array.from({ length: 400 }, (_, index) => index + 1).find(
        (made) => verdictAfter(share, made, value) === verdict,
      ) ?? 0;
    const certain = (value: number, allowed: number, level: number) =>
      Array.from({ length: 400 }, (_, index) => index + 1).find(
        (made) => shareEvidence(times(made, value), allowed) >= capitalFor(level, 'limit'),
      );
    expect(first(0.5, 'fail')).toBe(certain(0.5, 0.1, FALSE_FAIL.limit));
    expect(first(0, 'pass')).toBe(certain(1, 0.9, FALSE_PASS));
    expect(verdictAfter(share, first(0.5, 'fail') - 1, 0.5)).toBe('inconclusive');
  });

  test('needs the least number of samples for a pass, and none for a fail', () => {
    expect(verdictAfter({ ...share, minSamples: 4_000 }, 400, 0)).toBe('pass');
    expect(verdictAfter({ ...share, minSamples: 4_001 }, 400, 0)).toBe('no-data');
    expect(verdictAfter({ ...share, minSamples: 4_001 }, 400, 1)).toBe('fail');
  });

  test('leaves out replicates without samples', () => {
    const empty = { samples: 0, value: Number.NaN };
    expect(earlyLimit(share, [empty, ...Array(400).fill({ samples: 10, value: 0 })])).toBe('pass');
    expect(earlyLimit(most, [empty])).toBe('no-data');
  });

  test('calls a count or an extreme broken at once, and never kept', () => {
    expect([verdictAfter(count, 2, 1), verdictAfter(count, 3, 1)]).toEqual(['inconclusive', 'fail']);
    expect([verdictAfter(most, 9, 99), verdictAfter(most, 1, 100)]).toEqual(['inconclusive', 'fail']);
    expect([verdictAfter(least, 9, 7), verdictAfter(least, 1, 6)]).toEqual(['inconclusive', 'fail']);
    const values = [3, 100, 4].map((value) => ({ samples: 1, value }));
    expect(earlyLimit(most, values)).toBe('fail');
    expect(earlyLimit(least, values.toReversed())).toBe('fail');
  });
});

describe('the bounds of the looks', () => {
  const nothing = { value: 0.5, low: null, high: null, samples: 20 };

  test('of a share are the last that the bets refute', () => {
    const shares = [0.4, 0.6, 0.5, 0.5, 0.7, 0.3, 0.5, 0.5, 0.6, 0.4];
    const pool = new Pool(shares.map((one) => [[...times(10 * one, 9), ...times(10 - 10 * one, 1)]]));
    const { low, high } = withEarlyBounds(share, pool, nothing) as { low: number; high: number };
    const [toLow, toHigh] = [capitalFor(FALSE_FAIL.limit, 'limit'), capitalFor(FALSE_PASS, 'limit')];
    expect(shareEvidence(shares, low)).toBeGreaterThanOrEqual(toLow);
    expect(shareEvidence(shares, low + 1e-9)).toBeLessThan(toLow);
    const others = shares.map((one) => 1 - one);
    expect(shareEvidence(others, 1 - high - 1e-9)).toBeGreaterThanOrEqual(toHigh);
    expect(shareEvidence(others, 1 - high + 1e-9)).toBeLessThan(toHigh);
    // Turned round, the sharper level is on the other side.
    const turned = withEarlyBounds({ ...share, operator: '>=' }, pool, nothing) as { low: number; high: number };
    expect(turned.low).toBeGreaterThan(low);
    expect(turned.high).toBeGreaterThan(high);
  });

  test('of a share that no sample has begin at 0, and where all have it end at 1', () => {
    const of = (value: number) => withEarlyBounds(share, new Pool(Array(30).fill([[value]])), nothing);
    expect(of(1)).toMatchObject({ low: null });
    expect(of(1).high).toBeLessThan(0.5);
    expect(of(9).low).toBeGreaterThan(0.5);
    expect(of(9)).toMatchObject({ high: null });
  });

  test('of a quantile are the samples next to what the bets refute', () => {
    const replicates = Array.from({ length: 30 }, (_, index) => times(20, 0).map((_, sample) => sample + index / 100));
    const pool = new Pool(replicates.map((values) => [values]));
    const sharesOf = (is: (value: number) => boolean) =>
      replicates.map((values) => values.filter(is).length / values.length);
    const all = replicates.flat().sort((a, b) => a - b);
    const [toLow, toHigh] = [FALSE_PASS, FALSE_FAIL.limit].map((level) => capitalFor(level, 'limit')) as [
      number,
      number,
    ];
    const low = all.find(
      (x) =>
        shareEvidence(
          sharesOf((value) => value > x),
          0.5,
        ) < toLow,
    );
    const high = all.findLast(
      (x) =>
        shareEvidence(
          sharesOf((value) => value < x),
          0.5,
        ) < toHigh,
    );
    expect(withEarlyBounds(p50, pool, { ...nothing, value: 9 })).toEqual({ value: 9, low, high, samples: 20 });
    expect(low).toBeLessThan(9);
    expect(high).toBeGreaterThan(10);
  });

  test('are open where nothing is refuted, and never wider than those that are there', () => {
    const pool = new Pool([[[1, 2, 3]]]);
    expect(withEarlyBounds(p50, pool, { ...nothing, value: 2 })).toMatchObject({ low: null, high: null });
    expect(withEarlyBounds(p50, pool, { value: 2, low: 1, high: 3, samples: 3 })).toMatchObject({ low: 1, high: 3 });
  });

  test('of a count or an extreme are the value itself, and of nothing nothing', () => {
    const pool = new Pool([[[1, 9]]]);
    expect(withEarlyBounds(most, pool, { ...nothing, value: 9 })).toMatchObject({ low: 9, high: 9 });
    expect(withEarlyBounds(p50, new Pool([]), { ...nothing, value: null })).toMatchObject({ low: null, high: null });
  });
});

describe('a check that was looked at', () => {
  const kept = new Pool(Array(40).fill([times(20, 1)]));
  const broken = new Pool(Array(40).fill([times(20, 9)]));
  const unclear = new Pool(Array(40).fill([[...times(2, 9), ...times(18, 1)]]));

  test('keeps what was certain, a pass only when nothing is missing', () => {
    expect([judgeLooked(share, kept, false).verdict(true), judgeLooked(share, kept, false).verdict(false)]).toEqual([
      'pass',
      'no-data',
    ]);
    expect(judgeLooked(share, broken, false).verdict(false)).toBe('fail');
  });

  test('that is not certain is decided at the end of the budget alone', () => {
    expect(judgeLooked(share, unclear, false).verdict(true)).toBe('no-data');
    expect(judgeLooked(share, unclear, true).verdict(true)).toBe('marginal');
  });

  test('has the bounds of the looks, and at the end the nearer of those and the exact ones', () => {
    const exact = estimateOf(share, kept, 1 - 2 * finalLevel(FALSE_FAIL.limit, 'limit'));
    const early = judgeLooked(share, kept, false).estimate();
    expect(early).toMatchObject({ value: 0, low: null, samples: 800 });
    expect(early.high).toBeGreaterThan(exact.high as number);
    expect(judgeLooked(share, unclear, true).estimate().high).toBeCloseTo(
      estimateOf(share, unclear, 1 - 2 * finalLevel(FALSE_FAIL.limit, 'limit')).high as number,
      12,
    );
  });
});

describe('the words for a limit', () => {
  const estimate = { value: 0.25, low: 0.1, high: null, samples: 40 };

  test.each([
    [share, estimate, '25 % [10, open] of 40 samples of away_ms over 5 ms, limit ≤ 10 %'],
    [share, { ...estimate, samples: 1 }, '25 % [10, open] of 1 sample of away_ms over 5 ms, limit ≤ 10 %'],
    [{ ...share, threshold: 0 }, estimate, '25 % [10, open] of 40 away ms, limit ≤ 10 %'],
    [p95, { ...estimate, value: 90, low: 80 }, 'p95 90 ms [80, open] < 100 ms over 40 samples'],
    [p95, { ...estimate, value: 120, low: 80 }, 'p95 120 ms [80, open], limit < 100 ms, over 40 samples'],
    [
      p95,
      { ...estimate, value: 90, low: 80, effective: 7 },
      'p95 90 ms [80, open] < 100 ms over 40 samples (worth 7 independent ones)',
    ],
    [most, { value: 3_000, low: 3_000, high: 3_000, samples: 1 }, 'max 3,000 ms, limit < 100 ms, over 1 sample'],
    [p95, { value: null, low: null, high: null, samples: 0 }, 'no samples of away_ms, limit < 100 ms'],
    [
      count,
      { value: 40, low: 40, high: 40, samples: 40 },
      '40 of 40 samples of away_ms over 5 ms, limit ≤ 2 (95 % confident: at least 91.2 % of all would)',
    ],
    [
      count,
      { value: 20, low: 20, high: 20, samples: 40 },
      '20 of 40 samples of away_ms over 5 ms, limit ≤ 2 (95 % confident: 33.8 % to 66.2 % of all would)',
    ],
  ])('%# say what was measured', (promise, given, text) => {
    expect(measured(promise, given)).toBe(text);
  });

  test('of the other release are fewer', () => {
    expect(comparedWith('v1', count, estimate)).toBe('v1: 0.25 of 40');
    expect(comparedWith('v1', share, estimate)).toBe('v1: 25 %');
    expect(comparedWith('v1', p95, { ...estimate, value: 250 })).toBe('v1: 250 ms');
    expect(comparedWith('v1', p95, { ...estimate, value: null })).toBe('v1: no samples');
  });

  test('say why a verdict is what it is', () => {
    const why = (verdict: Parameters<typeof because>[2], minSamples: number) =>
      because({ ...p95, minSamples }, estimate, verdict);
    expect(why('no-data', 41)).toEqual(['at least 41 samples are needed']);
    expect(why('no-data', 40)).toEqual([]);
    expect(why('fail', 41)).toEqual([]);
    expect(why('marginal', 1)).toEqual(['the interval reaches past the limit']);
    expect(why('inconclusive', 1)).toEqual(['the interval lies on both sides of the limit']);
    expect(why('pass', 1)).toEqual([]);
  });
});
