/** A run with as much in it as one of profile `standard` over two tickets, after 50 runs like it. */
import type { HistoryReport } from '../schema/history.ts';
import type { CheckReport, DistributionReport, Run } from '../schema/run.ts';
import { checkReport, factsGate, gate, guardrailGate, passingRun } from './run.fixture.ts';

const CHECKS = 60;
const LIMITS = 40;
const GUARDRAILS = 20;
const PAIRS = 16;

export function usualRun(): Run {
  const checks = Array.from({ length: CHECKS }, (_, at) =>
    checkReport(`acme-1001/check-${at}`, { facts: factsOf(at), logs: logsOf(at) }),
  );
  const measured = [
    ...Array.from({ length: LIMITS }, (_, at) =>
      gate({ id: `acme-1001/limit-${at}`, suite: 'acme-1001', measure: `limit_${at}_ms` }),
    ),
    ...Array.from({ length: GUARDRAILS }, (_, at) => ({
      ...guardrailGate(),
      id: `acme-1001/guardrail-${at}`,
      suite: 'acme-1001',
      measure: `guardrail_${at}_ms`,
      looks: {
        most: 2 * PAIRS,
        called: { verdict: 'pass' as const, pairs: PAIRS, samples: 100 * PAIRS },
        sequence: Array.from({ length: PAIRS }, (_, look) => ({
          pairs: look + 1,
          verdict: 'inconclusive' as const,
          fail: 0.05,
          pass: look / PAIRS,
        })),
      },
    })),
  ];
  const run = passingRun();
  const gates = [...measured, ...checks.map(({ id }) => factsGate(id, { suite: 'acme-1001' }))];
  const distributions = measured.flatMap(({ suite, measure, unit }) =>
    (['baseline', 'candidate'] as const).map(
      (arm): DistributionReport => ({ suite, measure, unit, arm, samples: 3_200, quantiles: quantiles() }),
    ),
  );
  const readmes = ['acme-1001', 'acme-1004'].map((suite) => ({ suite, title: suite, text: 'a word '.repeat(2_500) }));
  return { ...run, checks, gates, distributions, readmes, history: historyOf(gates) };
}

function factsOf(check: number): CheckReport['facts'] {
  return Array.from({ length: 4 }, (_, at) => ({
    arm: 'candidate',
    replicate: 0,
    name: `fact ${at} of check ${check} holds while the link is cut`,
    holds: true,
    evidence: `seen ${at} of ${at} events in order, and no other`,
  }));
}

function logsOf(check: number): NonNullable<CheckReport['logs']> {
  return (['baseline', 'candidate'] as const).flatMap((arm) =>
    ['api', 'engine'].map((service) => ({
      arm,
      replicate: 0,
      file: `acme-${arm}-12345-${check}-${service}.log`,
      from_bytes: 1_000,
      to_bytes: 90_000,
      lines: [10, 900] as [number, number],
    })),
  );
}

function quantiles(): DistributionReport['quantiles'] {
  const percents = [1, ...Array.from({ length: 19 }, (_, at) => 5 * (at + 1)), 99];
  return percents.map((percent) => [percent, 12.345 * percent, 11.111 * percent, 13.579 * percent]);
}

function historyOf(gates: Run['gates']): HistoryReport {
  return {
    runs: Array.from({ length: 50 }, (_, at) => ({
      id: `2026-01-01T00-00-00-${at}`,
      startedAt: '2026-01-01T00:00:00.000Z',
      commit: null,
    })),
    new: [],
    fixed: [],
    flaky: [],
    gates: Object.fromEntries(
      gates.map(({ id, kind }) => [
        id,
        {
          verdicts: Array.from({ length: 51 }, () => 'pass' as const),
          values: Array.from({ length: 51 }, (_, at) => (kind === 'facts' ? 0 : 100 + 10 * Math.sin(at))),
          changes: [],
        },
      ]),
    ),
  };
}
