import { describe, expect, test } from 'vitest';
import { stoppingPlan } from '../judge/stopping.ts';
import { certify } from './certify.ts';
import { checkOf, guardrailOf, limitOf } from './gates.ts';
import { follow } from './measurement.ts';
import { Draws, latencies, pairLevels } from './noise.ts';
import { certificateTable } from './table.ts';

describe('the quick certificate', async () => {
  const steps: string[] = [];
  const context = { quick: true, seed: 1, progress: (what: string) => steps.push(what) };
  const certificate = await certify(context);

  test('meets every figure', () => {
    expect(certificate.figures.filter(({ met }) => met === false)).toEqual([]);
    expect(certificate.met).toBe(true);
  });

  test('has every promise of the judge but its speed, and tells of its steps', () => {
    const promises = new Set(certificate.figures.filter(({ met }) => met !== undefined).map(({ promise }) => promise));
    expect([...promises]).toEqual(['closed', 'repeatable', 'early', 'power', 'false alarms']);
    expect(steps.length).toBeGreaterThan(10);
  });

  test('shows simpler rules crying wolf on the same data', () => {
    const beside = certificate.figures.filter(({ of }) => /^a (plain threshold|z test)/.test(of));
    expect(beside).toHaveLength(4);
    for (const { measured } of beside) expect(Number.parseFloat(measured)).toBeGreaterThan(5);
  });

  test('says CERTIFIED, and with one figure missed that it is not', () => {
    expect(certificateTable(certificate)).toContain('\nCERTIFIED (--quick');
    const [first, ...others] = certificate.figures;
    const missed = {
      ...certificate,
      met: false,
      figures: [{ ...(first as NonNullable<typeof first>), met: false }, ...others],
    };
    expect(certificateTable(missed)).toMatch(/NOT CERTIFIED: 1 of \d+ figures are missed/);
  });
});

describe('a simulated measurement', () => {
  test('is called for a regression and not for its absence, by the same gates', () => {
    const plan = stoppingPlan(checkOf(), [guardrailOf({ tolerance: 0.05 }), limitOf({ limit: 80 })], false);
    const verdictsOf = (factor: number) => {
      const draws = new Draws(5);
      const values = pairLevels(draws, 32, { noise: 0.03, tails: 'normal', drift: 0 }).map(
        ({ baseline, candidate }) => ({
          baseline: latencies(draws, 100, baseline),
          candidate: latencies(draws, 100, candidate + Math.log(factor)),
        }),
      );
      return [...follow(plan, values).values()].map(({ verdict }) => verdict);
    };
    expect(verdictsOf(3)).toEqual(['fail', 'fail']);
    expect(verdictsOf(0.8)).toEqual(['pass', 'pass']);
  });

  test('has the noise that it says it has', () => {
    const draws = new Draws(3);
    const spread = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
    const levels = pairLevels(draws, 40_000, { noise: 0.1, tails: 'normal', drift: 0.5 });
    expect(spread(levels.map(({ candidate }) => candidate))).toBeCloseTo(0.1, 2);
    // Neighbours in time share half of their level, so the difference within a pair is smaller than that of strangers.
    expect(spread(levels.map(({ baseline, candidate }) => candidate - baseline))).toBeCloseTo(0.1, 2);
    expect(spread(Array.from({ length: 400_000 }, () => draws.normal()))).toBeCloseTo(1, 2);
  });
});
