/**
 * `junit.xml`: a test suite for each suite, a test case for each gate.
 * Only `pass` is green: `fail` is a failure, every other verdict an error whose type is the verdict; a deferred promise is
 * skipped, and so is a gate that is waived, with its verdict told. What makes a verdict less sure stands in the properties
 * of its suite, since Jenkins refuses any of a test case (`junit.xsd`): `flaky.<gate>`, `voided.<check>`.
 */
import builder, { type Builder, type TestSuite } from 'junit-report-builder';
import type { Gate, Run } from '../schema/run.ts';
import { cut, manyLines, oneLine } from './printable.ts';
import { elapsed_ms, endingText, outcome, summarySentence, waiverText } from './triage.ts';
import { voidedText } from './voided.ts';

/** The package's types promise a `default` that its CommonJS module does not have. */
const junit = builder as unknown as Builder;

const MOST_TEXT = 20_000;
/** Of an attribute, which viewers show on one line; with the note of what was cut it stays within 1,000. */
const MOST_ATTRIBUTE = 950;

/** The run as JUnit XML, as Jenkins, GitLab and the usual GitHub actions read it. */
export function renderJunit(run: Run): string {
  const report = junit.newBuilder().name(line(`${run.product} ${run.provenance.arms.candidate}`));
  const suites = new Map<string, TestSuite>();
  const suiteOf = (name: string) => {
    const known = suites.get(name);
    if (known !== undefined) return known;
    const durations = run.checks.filter((check) => check.suite === name).map((check) => check.duration_ms);
    const suite = report.testSuite().name(line(name)).timestamp(run.startedAt).time(seconds(durations));
    for (const [property, value] of doubts(run, name)) suite.property(line(property), line(value));
    suites.set(name, suite);
    return suite;
  };
  const durationOf = new Map(run.checks.map((check) => [check.id, check.duration_ms]));
  for (const gate of run.gates) {
    // A check's time is told once: several gates may be judged from it.
    const durations = gate.kind === 'facts' ? gate.checks.map((check) => durationOf.get(check) ?? 0) : [];
    addGate(suiteOf(gate.suite), gate, seconds(durations));
  }
  for (const { id, decidableFrom } of run.deferred) {
    const name = id.split('/')[0] as string;
    const note = `Deferred: decidable from profile ${decidableFrom}, this run was ${run.scope.profile}.`;
    suiteOf(name).testCase().className(line(name)).name(line(id)).time(0).standardOutput(note).skipped();
  }
  addRun(report, run);
  // Of the root element Jenkins' xUnit plugin takes no such attribute, and refuses the whole report (see `junit.xsd`).
  return report.build().replace(/(<testsuites\b[^<]*?) skipped="\d+"/, '$1');
}

/** What the suite's gates and checks have against them, as names and values of properties. */
function doubts(run: Run, suite: string): [string, string][] {
  const flaky = run.gates.filter((gate) => gate.suite === suite && run.history?.flaky.includes(gate.id));
  const voided = run.checks.filter((check) => check.suite === suite && check.voided !== undefined);
  return [
    ...flaky.map(({ id }): [string, string] => [`flaky.${id}`, 'it passed and failed on this very commit']),
    ...voided.map((check): [string, string] => [`voided.${check.id}`, voidedText(check) ?? '']),
  ];
}

function addGate(suite: TestSuite, gate: Gate, time_s: number): void {
  const testCase = suite
    .testCase()
    .className(line(gate.ticket ?? gate.suite))
    .name(line(gate.id))
    .time(time_s);
  if (gate.verdict === 'pass') {
    testCase.standardOutput(content(gate.reason));
    return;
  }
  if (gate.waived !== undefined) {
    testCase.standardOutput(content(`${gate.verdict}, ${waiverText(gate.waived)}\n${gate.reason}`)).skipped();
    return;
  }
  const text = content(`${gate.says}\n${gate.reason}\nrerun: ${gate.rerun}`);
  if (gate.verdict === 'fail') testCase.failure(line(gate.reason), gate.verdict).stacktrace(text);
  else testCase.error(line(gate.reason), gate.verdict, text);
}

/** A test case of its own when the run as a whole is not green for a reason that no gate shows. */
function addRun(report: Builder, run: Run): void {
  const green = run.gates.every((gate) => gate.verdict === 'pass' || gate.waived !== undefined);
  if (run.scope.complete && !(green && run.verdict !== 'pass')) return;
  const name = run.scope.complete ? 'run/verdict' : 'run/complete';
  const type = run.scope.complete ? run.verdict : 'incomplete';
  const message = run.scope.complete
    ? `${outcome(run.verdict)} (${run.verdict}): ${summarySentence(run)}`
    : `The run ${endingText(run)}; its scope is not complete. ${run.scope.missing.join(' ')}`;
  const text = content([message, ...run.scope.missing, `rerun: ${run.command}`].join('\n'));
  report
    .testSuite()
    .name('run')
    .timestamp(run.startedAt)
    .time((elapsed_ms(run) ?? 0) / 1000)
    .testCase()
    .className('run')
    .name(name)
    .time(0)
    .error(line(message), type, text);
}

function seconds(durations_ms: number[]): number {
  return Math.round(durations_ms.reduce((sum, duration) => sum + duration, 0)) / 1000;
}

/** For an attribute. */
function line(text: string): string {
  return oneLine(cut(text, MOST_ATTRIBUTE));
}

/** For a CDATA section: xmlbuilder 15.1 splits only the first `]]>` of a text, so none is left in. */
function content(text: string): string {
  return manyLines(cut(text, MOST_TEXT)).replaceAll(']]>', ']] >');
}
