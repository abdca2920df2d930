/**
 * `ctrf.json`: the run in the Common Test Report Format, a test for each gate, for tools that read that and not JUnit.
 * Only `pass` is `passed` and only `fail` is `failed`: every other verdict is `other`, with the verdict as the raw
 * status; a deferred promise is `pending`, and a gate that is waived `skipped`. `flaky` is one that passed and failed on
 * this very commit, as the history has it.
 * @see https://www.ctrf.io/docs/specification/overview
 */
import type { Gate, Run } from '../schema/run.ts';
import { cut, manyLines, oneLine } from './printable.ts';
import { elapsed_ms, waiverText } from './triage.ts';

const SPEC_VERSION = '0.0.0';
/** Not the product's name: the harness judges any. */
const TOOL = 'release-harness';
const MOST_TEXT = 20_000;

/** The run as CTRF. A gate's duration is that of its check where it is the check's facts, else 0: time is told once. */
export function renderCtrf(run: Run): string {
  const durationOf = new Map(run.checks.map((check) => [check.id, check.duration_ms]));
  const flaky = new Set(run.history?.flaky);
  const gates = run.gates.map((gate) => testOf(gate, durationOf, flaky.has(gate.id)));
  const deferred = run.deferred.map(({ id, decidableFrom }) => ({
    name: oneLine(id),
    status: 'pending',
    duration: 0,
    suite: [oneLine(id.split('/')[0] as string)],
    message: `decidable from profile ${decidableFrom}, this run was ${run.scope.profile}`,
  }));
  // As in `junit.xml`: a run that is not green for a reason that no gate shows must not look green.
  const isUnexplained =
    run.verdict !== 'pass' && run.gates.every((gate) => gate.verdict === 'pass' || gate.waived !== undefined);
  const unexplained = {
    name: 'run/verdict',
    status: run.verdict === 'fail' ? 'failed' : 'other',
    rawStatus: run.verdict,
    duration: 0,
    suite: ['run'],
    message: line(run.scope.missing.join(' ') || `the run is ${run.verdict}`),
    trace: line(`rerun: ${run.command}`),
  };
  const tests = [...gates, ...deferred, ...(isUnexplained ? [unexplained] : [])];
  const count = (status: string) => tests.filter((test) => test.status === status).length;
  const start = Date.parse(run.startedAt);
  const report = {
    reportFormat: 'CTRF',
    specVersion: SPEC_VERSION,
    runId: run.id,
    timestamp: run.endedAt ?? run.startedAt,
    generatedBy: TOOL,
    results: {
      tool: { name: TOOL },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: count('pending'),
        other: count('other'),
        flaky: gates.filter((test) => test.flaky).length,
        start,
        stop: start + Math.max(0, elapsed_ms(run) ?? 0),
      },
      tests,
      environment: {
        appName: oneLine(run.product),
        appVersion: oneLine(run.provenance.arms.candidate),
        ...(run.provenance.commit === null ? {} : { commit: run.provenance.commit }),
        osPlatform: oneLine(run.provenance.os),
        extra: { baseline: oneLine(run.provenance.arms.baseline), profile: run.scope.profile, seed: run.seed },
      },
    },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function testOf(gate: Gate, durationOf: ReadonlyMap<string, number>, flaky: boolean) {
  const duration_ms = gate.kind === 'facts' ? gate.checks.reduce((sum, id) => sum + (durationOf.get(id) ?? 0), 0) : 0;
  return {
    name: oneLine(gate.id),
    status: statusOf(gate),
    rawStatus: gate.verdict,
    duration: Math.round(duration_ms),
    flaky,
    suite: [oneLine(gate.suite)],
    tags: [gate.kind, ...(gate.ticket === undefined ? [] : [oneLine(gate.ticket)])],
    message: line(`${gate.says}: ${gate.reason}${gate.waived === undefined ? '' : `; ${waiverText(gate.waived)}`}`),
    ...(gate.verdict === 'pass' ? {} : { trace: line(`rerun: ${gate.rerun}`) }),
  };
}

function statusOf({ verdict, waived }: Gate): string {
  if (waived !== undefined) return 'skipped';
  return { pass: 'passed', fail: 'failed' }[verdict as string] ?? 'other';
}

function line(text: string): string {
  return manyLines(cut(text, MOST_TEXT));
}
