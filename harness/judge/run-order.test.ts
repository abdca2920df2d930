/** In what order a run tells its gates, checks, components and sentences, and of what each is made. */
import { describe, expect, test } from 'vitest';
import type { ComponentEntry, Entry } from '../schema/entry.ts';
import { reportCheck } from './check-reports.ts';
import { componentProvenance, missingComponents } from './components.ts';
import { executionKey, groupEntries } from './executions.ts';
import { judge } from './judge.ts';
import { reviewExecution } from './review.ts';
import { at, finished, givenCheck, givenPromise, givenRun, redis, times, whatHappened } from './saved-run.fixture.ts';

const share = { statistic: 'share-above', threshold: 0, operator: '<=', limit: 1, kind: 'absolute' } as const;

test('gates stand by id, courses of time by suite and then by measure', () => {
  const checks = ['acme-2', 'acme-1'].map((suite) =>
    givenCheck({ id: `${suite}/drop`, suite, arms: ['candidate'], facts: [], measures: { b_ms: 'ms', a_ms: 'ms' } }),
  );
  const promises = checks.flatMap(({ suite }) =>
    ['b_ms', 'a_ms'].map((measure) => givenPromise({ id: `${suite}/${measure}`, suite, measure, ...share })),
  );
  const blocks = Array.from({ length: 10 }, () => [1]);
  const entries = checks.flatMap((check) => whatHappened(check, { values: { a_ms: blocks, b_ms: [...blocks, [1]] } }));
  const run = judge(givenRun({ checks, promises, entries: [redis, ...entries, finished] }));
  expect(run.gates.map(({ id }) => id)).toEqual([
    'acme-1/a_ms',
    'acme-1/b_ms',
    'acme-1/drop/facts',
    'acme-2/a_ms',
    'acme-2/b_ms',
    'acme-2/drop/facts',
  ]);
  expect(run.series.map(({ measure, points }) => [measure, points.length])).toEqual([
    ['a_ms', 10],
    ['b_ms', 11],
    ['a_ms', 10],
    ['b_ms', 11],
  ]);
  expect(
    judge(givenRun({ checks, promises: promises.toReversed(), entries: [redis, ...entries, finished] })).series,
  ).toEqual(run.series);
});

describe('the course of time of a measure', () => {
  const check = givenCheck({ facts: [] });
  const seriesOf = (batches: number[][]) => {
    const entries = [
      redis,
      ...whatHappened(check, { arm: 'baseline', values: { away_ms: [[1]] } }),
      ...whatHappened(check, { values: { away_ms: batches } }),
      { ...finished, at: at(2_000) },
    ];
    return judge(givenRun({ checks: [check], entries })).series;
  };

  test('is the median of each batch over time, from ten batches on', () => {
    expect(seriesOf(Array(9).fill([1]))).toEqual([]);
    expect(seriesOf(Array.from({ length: 10 }, (_, index) => [index, index + 5, 99]))).toEqual([
      {
        measure: 'away_ms',
        arm: 'candidate',
        unit: 'ms',
        points: Array.from({ length: 10 }, (_, index) => [index, index + 5]),
      },
    ]);
  });

  test('leaves out empty batches, and of more than 500 takes evenly spaced ones, the first and the last among them', () => {
    expect(seriesOf([...Array(9).fill([1]), []])).toEqual([]);
    const [series] = seriesOf(Array.from({ length: 999 }, (_, index) => [index]));
    expect(series?.points).toHaveLength(500);
    expect(series?.points.slice(0, 3)).toEqual([
      [0, 0],
      [2, 2],
      [4, 4],
    ]);
    expect(series?.points.at(-1)).toEqual([998, 998]);
  });

  test('is of its own suite', () => {
    const other = givenCheck({ id: 'acme-2/drop', suite: 'acme-2', facts: [] });
    const blocks = Array.from({ length: 10 }, () => [1]);
    const entries = [
      redis,
      ...check.arms.flatMap((arm) => whatHappened(check, { arm, values: { away_ms: [times(30, 1)] } })),
      ...other.arms.flatMap((arm) => whatHappened(other, { arm, values: { away_ms: blocks } })),
      finished,
    ];
    expect(judge(givenRun({ checks: [check, other], entries })).series).toEqual([]);
  });
});

describe('the report of a check', () => {
  const check = givenCheck({ replicates: 2, arms: ['candidate'], measures: {} });
  const reported = (entries: Entry[], planned = check) => {
    const { executions } = groupEntries(entries);
    const { scope } = givenRun({ checks: [planned] });
    const reviews = planned.arms.flatMap((arm) =>
      Array.from({ length: planned.replicates }, (_, replicate) =>
        reviewExecution(planned, arm, replicate, executions.get(executionKey(planned.id, arm, replicate)), [], at(-5)),
      ),
    );
    return reportCheck(scope, reviews);
  };
  const made = (replicate: number, happening: Parameters<typeof whatHappened>[1] = {}) =>
    whatHappened(check, { replicate, ...happening });

  test('is told whole', () => {
    const facts = [0, 1].flatMap((replicate) =>
      check.facts.map((name) => ({ arm: 'candidate', replicate, name, holds: true })),
    );
    expect(reported([...made(0), ...made(1)])).toEqual({
      id: 'acme-1/drop',
      suite: 'acme-1',
      ticket: 'ACME-1',
      lane: 'functional',
      status: 'completed',
      startedAt: at(0),
      duration_ms: 20_000,
      recorded: [{ arm: 'candidate', replicates: 2, measures: [] }],
      facts,
      rerun: 'npm run regression -- --seed 7 --profile smoke --check acme-1/drop',
    });
  });

  test('says what was recorded on each arm, and that nothing was where it was not', () => {
    const planned = givenCheck({ replicates: 2, measures: { away_ms: 'ms', lost: 'count' } });
    const of = (arm: 'baseline' | 'candidate', replicate: number, blocks: number[][]) =>
      whatHappened(planned, { arm, replicate, values: { away_ms: blocks } });
    const lost = { measure: 'lost', unit: 'count', batches: 0, values: 0 };
    expect(
      reported([...of('candidate', 0, [[1, 2], [3]]), ...of('candidate', 1, [[4]]), ...of('baseline', 1, [])], planned)
        .recorded,
    ).toEqual([
      { arm: 'baseline', replicates: 1, measures: [{ measure: 'away_ms', unit: 'ms', batches: 0, values: 0 }, lost] },
      { arm: 'candidate', replicates: 2, measures: [{ measure: 'away_ms', unit: 'ms', batches: 3, values: 4 }, lost] },
    ]);
  });

  test('has no ticket where the check has none, and the evidence where a fact has it', () => {
    const planned = { ...check };
    delete planned.ticket;
    const entries = [...made(0), ...made(1)].map((entry) =>
      entry.type === 'fact' && entry.replicate === 1 ? { ...entry, evidence: 'seen' } : entry,
    );
    const report = reported(entries, planned);
    expect(report).not.toHaveProperty('ticket');
    expect(report.facts.map(({ evidence }) => evidence)).toEqual([undefined, undefined, 'seen', 'seen']);
  });

  test('lasts from the first start to the last end of all replicates', () => {
    const later = made(1).map((entry) =>
      'at' in entry ? { ...entry, at: at(entry.type === 'check-started' ? 40 : 65) } : entry,
    );
    expect(reported([...made(0), ...later]).duration_ms).toBe(65_000);
    expect(reported([...later, ...made(0)])).toMatchObject({ startedAt: at(0), duration_ms: 65_000 });
  });

  test('of one that never started, or never ended, is interrupted and lasted nothing', () => {
    expect(reported([])).toMatchObject({ status: 'interrupted', duration_ms: 0, facts: [] });
    expect(reported([])).not.toHaveProperty('startedAt');
    const started = [...made(0), ...made(1)].filter(({ type }) => type === 'check-started');
    expect(reported(started)).toMatchObject({ status: 'interrupted', duration_ms: 0 });
    const ended = [...made(0), ...made(1)].filter(({ type }) => type === 'check-ended');
    expect(reported(ended)).toMatchObject({ status: 'interrupted', duration_ms: 0 });
    expect(reported([...made(0), ...made(1, { status: 'interrupted' })]).status).toBe('interrupted');
    expect(reported(made(0)).status).toBe('interrupted');
  });

  test('names the error of each replicate, or of the arm alone where there is but one', () => {
    const failed = { status: 'error', error: 'boom' } as const;
    const both = reported([...made(1, failed), ...made(0, { ...failed, error: 'bang' })]);
    expect(both).toMatchObject({
      status: 'error',
      error: 'candidate, replicate 0: bang\ncandidate, replicate 1: boom',
    });
    const once = { ...check, replicates: 1 };
    expect(reported(whatHappened(once, failed), once).error).toBe('candidate: boom');
    expect(reported([...made(0), ...made(1)])).not.toHaveProperty('error');
  });
});

describe('the components of a run', () => {
  const postgres: ComponentEntry = {
    type: 'component',
    status: 'started',
    name: 'postgres',
    version: '18.4',
    provider: 'path',
  };
  const missing: ComponentEntry = {
    type: 'component',
    status: 'missing',
    name: 'kafka',
    reason: 'nobody provides it.',
    command: 'apt-get install kafka',
  };

  test('are told once each, by name, the missing ones with what would get them', () => {
    expect(componentProvenance([redis, postgres, missing, redis])).toEqual([
      {
        name: 'kafka',
        version: null,
        provider: null,
        missing: 'nobody provides it; `apt-get install kafka` gets it',
      },
      { name: 'postgres', version: '18.4', provider: 'path' },
      { name: 'redis', version: '8.0', provider: 'path' },
    ]);
  });

  test('that a check goes without are told by name, with the first of their reasons, or that no line says anything', () => {
    const check = givenCheck({ components: ['redis', 'kafka', 'postgres'] });
    const { command: _, ...another } = { ...missing, reason: 'it is broken' };
    expect(missingComponents(check, [missing, another, postgres])).toEqual([
      {
        verdict: 'no-data',
        says: 'acme-1/drop did not run, because kafka could not be had: it is broken',
        cause: 'kafka could not be had: it is broken',
      },
      { verdict: 'no-data', says: 'acme-1/drop needs redis, and no line says that it was started' },
    ]);
    expect(missingComponents(check, [redis, postgres, { ...redis, name: 'kafka' }])).toEqual([]);
  });
});

test('a promise deferred and not expected is none of what is missing', () => {
  const deferred = [{ id: 'acme-1/later', decidableFrom: 'nightly' as const }];
  const run = judge(givenRun({ scope: { deferred } }));
  expect(run).toMatchObject({ verdict: 'pass', deferred, scope: { missing: [] } });
});
