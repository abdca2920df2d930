import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { operatorSchema } from '../schema/promise.ts';
import { judgeLimit, keeps, type Limit } from './limit.ts';

const rule = (changes: Partial<Limit> = {}): Limit => ({
  statistic: 'p95',
  operator: '<',
  limit: 100,
  minSamples: 10,
  ...changes,
});
const seen = (low: number | null, value: number, high: number | null, samples = 10) => ({ low, value, high, samples });

describe('judgeLimit', () => {
  test.each([
    ['<', 80, 90, 99, 'pass'],
    ['<', 80, 90, 100, 'marginal'],
    ['<=', 80, 90, 100, 'pass'],
    ['<=', 80, 90, 101, 'marginal'],
    ['<', 80, 99, 120, 'marginal'],
    ['<', 80, 100, 120, 'inconclusive'],
    ['<', 99, 110, 120, 'inconclusive'],
    ['<', 100, 110, 120, 'fail'],
    ['<=', 100, 110, 120, 'inconclusive'],
    ['<=', 101, 110, 120, 'fail'],
    ['>', 101, 110, 120, 'pass'],
    ['>', 100, 110, 120, 'marginal'],
    ['>=', 100, 110, 120, 'pass'],
    ['>=', 99, 110, 120, 'marginal'],
    ['>', 80, 100, 120, 'inconclusive'],
    ['>', 80, 90, 101, 'inconclusive'],
    ['>', 80, 90, 100, 'fail'],
    ['>=', 80, 90, 100, 'inconclusive'],
    ['>=', 80, 90, 99, 'fail'],
  ] as const)('%s 100 with [%d | %d | %d] is %s', (operator, low, value, high, verdict) => {
    expect(judgeLimit(rule({ operator }), seen(low, value, high))).toBe(verdict);
  });

  test('an open side reaches to infinity', () => {
    expect(judgeLimit(rule(), seen(80, 90, null))).toBe('marginal');
    expect(judgeLimit(rule(), seen(null, 90, 95))).toBe('pass');
    expect(judgeLimit(rule({ operator: '>' }), seen(110, 120, null))).toBe('pass');
    expect(judgeLimit(rule({ operator: '>' }), seen(null, 120, 130))).toBe('marginal');
  });

  test('one sample too few takes away the pass, not the fail', () => {
    expect(judgeLimit(rule(), seen(80, 90, 99, 10))).toBe('pass');
    expect(judgeLimit(rule(), seen(80, 90, 99, 9))).toBe('no-data');
    expect(judgeLimit(rule(), seen(100, 110, 120, 9))).toBe('fail');
  });

  test.each([
    ['count-above', '<=', 'fail'],
    ['count-above', '>=', 'no-data'],
    ['max', '<', 'fail'],
    ['max', '>', 'no-data'],
    ['min', '>', 'fail'],
    ['min', '<', 'no-data'],
    ['share-above', '>=', 'fail'],
  ] as const)(
    'a breach of %s %s by few samples is %s: it counts only if no more samples could undo it',
    (statistic, operator, verdict) => {
      const breach = operator.startsWith('<') ? 101 : 99;
      expect(judgeLimit(rule({ statistic, operator }), seen(breach, breach, breach, 9))).toBe(verdict);
      expect(judgeLimit(rule({ statistic, operator }), seen(breach, breach, breach, 10))).toBe('fail');
    },
  );

  test.each([
    ['count-above', 'fail'],
    ['max', 'fail'],
    ['share-above', 'no-data'],
    ['p50', 'no-data'],
    ['p95', 'no-data'],
    ['p99', 'no-data'],
  ] as const)('with samples missing nothing passes, and a breach of %s is %s', (statistic, verdict) => {
    expect(judgeLimit(rule({ statistic }), seen(80, 90, 95), false)).toBe('no-data');
    expect(judgeLimit(rule({ statistic }), seen(101, 110, 120), false)).toBe(verdict);
    expect(judgeLimit(rule({ statistic }), seen(101, 110, 120), true)).toBe('fail');
  });

  test('no samples are no data', () => {
    expect(judgeLimit(rule(), { value: null, low: null, high: null, samples: 0 })).toBe('no-data');
  });

  test('a pass has its least number of samples and keeps the limit at all three numbers', () => {
    const number = fc.double({ noNaN: true, min: -10, max: 10 });
    fc.assert(
      fc.property(
        fc.tuple(number, number, number),
        fc.nat(20),
        fc.constantFrom(...operatorSchema.options),
        number,
        (numbers, samples, operator, limit) => {
          const [low, value, high] = numbers.sort((a, b) => a - b) as [number, number, number];
          const verdict = judgeLimit(rule({ operator, limit }), seen(low, value, high, samples));
          if (verdict !== 'pass') return;
          expect(samples).toBeGreaterThanOrEqual(10);
          expect([low, value, high].every((bound) => keeps(bound, operator, limit))).toBe(true);
        },
      ),
    );
  });
});
