import { describe, expect, test } from 'vitest';
import { stoppingPlan } from '../judge/stopping.ts';
import type { Figure } from './figure.ts';
import { checkOf, guardrailOf, limitOf } from './gates.ts';
import { follow } from './measurement.ts';
import { mutationFigures } from './mutation-figures.ts';
import { Draws, latencies, pairLevels } from './noise.ts';
import { certificateTable } from './table.ts';

test('a certificate with one figure missed says so, and how many', () => {
  const figure = { promise: 'power', of: 'a regression', required: '>= 95 %', measured: '94 %', met: false };
  const others = [
    { ...figure, met: true },
    { ...figure, promise: 'beside', required: '', met: undefined },
  ];
  const tableOf = (figures: Figure[], met: boolean) => certificateTable({ quick: false, seed: 1, met, figures });
  expect(tableOf([figure, ...others], false)).toMatchInlineSnapshot(`
    "power
      ✗ 94 %, >= 95 % required: a regression
      ✓ 94 %, >= 95 % required: a regression

    beside
        94 %: a regression

    NOT CERTIFIED: 1 of 3 figures are missed
    "
  `);
  expect(tableOf(others, true)).toContain('\nCERTIFIED\n');
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

describe('the mutation score in the certificate', () => {
  const folder = {
    folder: 'acme/part',
    score: 0.85,
    killed: 16,
    timeout: 1,
    survived: 2,
    noCoverage: 1,
    ignored: 0,
    errors: 0,
    undetected: [],
  };
  const figuresOf = (...folders: (typeof folder)[]) =>
    mutationFigures({
      schemaVersion: 1,
      commit: null,
      dirty: false,
      sourcesSha256: '0',
      startedAt: '2026-01-01T00:00:00Z',
      endedAt: '2026-01-01T00:05:00Z',
      goal: 0.85,
      folders,
    });

  test('is held to 85 % for each folder', () => {
    const figures = figuresOf(folder, { ...folder, score: 0.8499 });
    expect(figures.map(({ met }) => met)).toEqual([true, false]);
    expect(figures[0]).toMatchObject({ measured: '85.0 % (17 of 20)', required: '>= 85.0 %' });
  });

  test('decides nothing where nobody has measured it, and says how to', () => {
    const [figure] = mutationFigures(undefined);
    expect(figure).toMatchObject({ measured: expect.stringContaining('npm run prove -- --stryker') });
    expect(figure).not.toHaveProperty('met');
  });
});
