import { describe, expect, test } from 'vitest';
import type { ReleasePromise } from '../schema/promise.ts';
import { type Gate, MOST_LOOKS, runSchema } from '../schema/run.ts';
import { judge } from './judge.ts';
import {
  finished,
  givenCheck,
  givenGuardrail,
  givenPromise,
  givenRun,
  redis,
  times,
  whatHappened,
} from './saved-run.fixture.ts';

const limit = givenPromise({
  id: 'acme-1/p95',
  kind: 'absolute',
  measure: 'latency_ms',
  statistic: 'p95',
  operator: '<',
  limit: 150,
  minSamples: 1,
});
const guardrail = givenGuardrail({ minPairs: 2, tolerance: 0.2 });

interface Made {
  baseline?: (replicate: number) => number[];
  candidate?: (replicate: number) => number[];
  pairs: number;
  most?: number;
  /** Undefined: the check cannot end early. */
  least?: number | undefined;
}

function judged(promises: ReleasePromise[], { pairs, most = 20, ...made }: Made) {
  const least = 'least' in made ? made.least : 2;
  const check = givenCheck({
    id: 'acme-1/load',
    replicates: most,
    ...(least === undefined ? {} : { leastReplicates: least }),
    measures: { latency_ms: 'ms' },
  });
  const steady = () => [100];
  const entries = times(pairs, 0).flatMap((_, replicate) =>
    (['baseline', 'candidate'] as const).flatMap((arm) =>
      whatHappened(check, { arm, replicate, values: { latency_ms: [(made[arm] ?? steady)(replicate)] } }),
    ),
  );
  const saved = givenRun({ checks: [check], promises, entries: [redis, ...entries, finished] });
  const run = judge(saved);
  return { saved, run, looksOf: (id: string) => (run.gates.find((gate) => gate.id === id) as Gate).looks };
}

const slow = () => [200, 210];

describe('the looks that a run keeps', () => {
  test('tell after which pair and sample a breach was called, and how the evidence grew until then', () => {
    const { run, looksOf } = judged([limit], { pairs: 2, candidate: slow });
    // The capital after one bad replicate is 17.6 of the 133.3 that it takes: ln 17.6 / ln 133.3.
    expect(looksOf('acme-1/p95')).toEqual({
      most: 20,
      called: { verdict: 'fail', pairs: 2, samples: 4 },
      sequence: [
        { pairs: 1, verdict: 'inconclusive', fail: 0.585, pass: 0 },
        { pairs: 2, verdict: 'fail', fail: 1, pass: 0 },
      ],
    });
    expect(runSchema.parse(run)).toEqual(run);
  });

  test('of a guardrail count pairs, and go on after its call while another promise needs more', () => {
    const { looksOf } = judged([limit, guardrail], { pairs: 8, candidate: slow });
    expect(looksOf('acme-1/p95')).toMatchObject({ called: { verdict: 'fail', pairs: 2, samples: 4 } });
    const looks = looksOf(guardrail.id);
    expect(looks).toMatchObject({ called: { verdict: 'fail', pairs: 8, samples: 8 } });
    expect(looks?.sequence.map(({ fail }) => fail)).toEqual(
      looks?.sequence.map(({ fail }) => fail).toSorted((a, b) => a - b),
    );
    expect(looks?.sequence.map(({ fail }) => fail === 1)).toEqual([...times(7, 0), 1].map(Boolean));
  });

  test('call nothing that the noise floor takes away, and keep that the evidence was there', () => {
    const swing = (replicate: number) => [replicate % 4 === 1 || replicate % 4 === 2 ? 150 : 100];
    const { looksOf } = judged([guardrail], { pairs: 7, candidate: swing, baseline: swing });
    expect(looksOf(guardrail.id)).toMatchObject({ called: null });
    expect(looksOf(guardrail.id)?.sequence.at(-1)).toEqual({ pairs: 7, verdict: 'inconclusive', fail: 0, pass: 1 });
  });

  test('of a fix come as near to a pass as the arm that is further from it', () => {
    const fix = givenPromise({ ...limit, kind: 'fix', statistic: 'p50', limit: 150 });
    const passOf = (made: Partial<Made>) =>
      judged([fix], { pairs: 4, ...made })
        .looksOf('acme-1/p95')
        ?.sequence.at(-1)?.pass as number;
    expect(passOf({ baseline: () => [100] })).toBe(0);
    const both = passOf({ baseline: slow });
    expect(both).toBeGreaterThan(0);
    expect(passOf({ baseline: (replicate) => (replicate === 0 ? [100, 200] : slow()) })).toBeLessThan(both);
  });

  test('are none where the check makes all its replicates', () => {
    expect(judged([limit, guardrail], { pairs: 20, least: undefined }).looksOf(guardrail.id)).toBeUndefined();
    expect(judged([limit], { pairs: 20, least: undefined }).looksOf('acme-1/p95')).toBeUndefined();
  });

  test('are thinned out to a bounded number, with the first, the last and the call among them', () => {
    const late = (replicate: number) => (replicate < 90 ? [100, 160, 100] : [200, 200]);
    const { looksOf } = judged([limit, guardrail], { pairs: 120, most: 120, least: 120, candidate: late });
    for (const id of ['acme-1/p95', guardrail.id]) {
      const looks = looksOf(id);
      const pairs = looks?.sequence.map((look) => look.pairs) as number[];
      expect(pairs.length).toBeLessThanOrEqual(MOST_LOOKS);
      expect(pairs.length).toBeGreaterThan(MOST_LOOKS - 3);
      expect([pairs[0], pairs.at(-1)]).toEqual([1, 120]);
      expect(pairs).toEqual([...new Set(pairs)].sort((a, b) => a - b));
      if (looks?.called) expect(pairs).toContain(looks.called.pairs);
    }
    expect(looksOf('acme-1/p95')?.called).not.toBeNull();
  });

  test('are the same bytes however the lines are ordered', () => {
    const { saved, run } = judged([limit, guardrail], { pairs: 8, candidate: slow });
    expect(JSON.stringify(judge({ ...saved, entries: saved.entries.toReversed() }))).toBe(JSON.stringify(run));
  });
});
