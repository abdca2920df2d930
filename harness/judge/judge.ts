/**
 * Scope × promises × entries → run. Pure: no clock, no randomness, no file; the order of the lines does not matter,
 * so judging a saved run again gives the same bytes.
 */
import type { Entry } from '../schema/entry.ts';
import { type LimitPromise, type ReleasePromise, reaches } from '../schema/promise.ts';
import { type Gate, RUN_SCHEMA_VERSION, type Run } from '../schema/run.ts';
import type { Scope } from '../schema/scope.ts';
import { worst } from '../schema/verdict.ts';
import { reportCheck } from './check-reports.ts';
import { endOf, whatIsMissing } from './completeness.ts';
import { componentProvenance } from './components.ts';
import { curvesOf } from './curves.ts';
import { distributionsOf } from './distributions.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import { byText } from './executions.ts';
import { FACTS_SUFFIX, judgeFacts } from './facts.ts';
import { judgeGuardrails } from './guardrail-gate.ts';
import { judgeMeasure } from './promise-gate.ts';
import { seriesOf } from './series.ts';
import { unjudgedGate } from './unjudged.ts';
import { waive } from './waivers.ts';

/** A run as it stands in its folder. */
export interface SavedRun {
  scope: Scope;
  promises: readonly ReleasePromise[];
  entries: readonly Entry[];
  /** What reading the folder found broken, a sentence each: `the last line was cut`. */
  damage: readonly string[];
}

/** By id; more than one of an id is a mistake. */
type Promised = ReadonlyMap<string, readonly ReleasePromise[]>;

/** Makes the whole of `run.json` but for `attachments`, which the caller adds. Never throws for what a run may hold. */
export function judge({ scope, promises, entries, damage }: SavedRun): Run {
  const promised: Promised = Map.groupBy(promises, (promise) => promise.id);
  const toDecide = promisesToDecide(scope, promised);
  const evidence = gatherEvidence(scope, entries, toDecide);
  const checks = [...Map.groupBy(evidence.reviews, (review) => review.planned.id).values()];
  const { gates: kept, series, distributions } = judgePromises(evidence, toDecide);
  const judged = [...kept, ...checks.map((reviews) => judgeFacts(evidence, reviews))];
  const unjudged = findUnjudged(scope, promised, judged);
  const named = [...judged, ...unjudged].map((gate) => withAliases(gate, promised));
  const gates = waive(named, scope).sort((a, b) => byText(a.id, b.id));
  const missing = whatIsMissing(evidence, damage, [
    ...unjudged.map((gate) => gate.reason),
    ...notExpected(scope, promises),
    ...wronglyExpected(scope, promises),
  ]);
  const verdicts = gates.filter(({ waived }) => waived === undefined).map((gate) => gate.verdict);
  return {
    schemaVersion: RUN_SCHEMA_VERSION,
    id: scope.id,
    product: scope.product,
    command: scope.command,
    seed: scope.seed,
    startedAt: scope.startedAt,
    ...endOf(evidence),
    verdict: worst(missing.length === 0 ? verdicts : [...verdicts, 'no-data']),
    scope: {
      profile: scope.profile,
      tickets: scope.tickets,
      narrowedBy: scope.narrowedBy,
      expected: scope.expected,
      complete: missing.length === 0,
      missing,
    },
    provenance: { ...scope.provenance, components: componentProvenance(evidence.seen.components) },
    checks: checks.map((reviews) => reportCheck(scope, reviews)),
    gates,
    deferred: scope.deferred,
    ...(scope.readmes === undefined ? {} : { readmes: scope.readmes }),
    series,
    distributions,
    curves: curvesOf(evidence.reviews),
    attachments: [],
  };
}

/** The promises the run set out to decide, by suite and measure. Others are none of this run's business. */
function promisesToDecide(scope: Scope, promised: Promised): ReleasePromise[] {
  const unique = [...new Set(scope.expected)].flatMap((id) => {
    const [promise, another] = promised.get(id) ?? [];
    return promise === undefined || another !== undefined ? [] : [promise];
  });
  return unique.sort((a, b) => byText(a.suite, b.suite) || byText(a.measure, b.measure));
}

/** By measure, so that samples are pooled once; the guardrails of a ticket together, because they share a level. */
function judgePromises(
  evidence: Evidence,
  promises: readonly ReleasePromise[],
): Pick<Run, 'gates' | 'series' | 'distributions'> {
  const gates: Gate[] = judgeGuardrails(
    evidence,
    promises.filter((promise) => promise.kind === 'guardrail'),
  );
  const series: Run['series'] = [];
  const distributions: Run['distributions'] = [];
  for (const group of Map.groupBy(promises, ({ suite, measure }) => JSON.stringify([suite, measure])).values()) {
    const { suite, measure } = group[0] as ReleasePromise;
    const limits = group.filter((promise): promise is LimitPromise => promise.kind !== 'guardrail');
    if (limits.length > 0) gates.push(...judgeMeasure(evidence, suite, measure, limits));
    distributions.push(...distributionsOf(evidence, suite, measure));
    series.push(
      ...seriesOf(
        evidence.reviews.filter((review) => review.planned.suite === suite),
        measure,
      ),
    );
  }
  return { gates, series, distributions };
}

/** Expected ids without a gate so far: shown as errors, never dropped. */
function findUnjudged(scope: Scope, promised: Promised, judged: readonly Gate[]): Gate[] {
  const known = new Set(judged.map((gate) => gate.id));
  return [...new Set(scope.expected)]
    .filter((id) => !known.has(id))
    .map((id) => unjudgedGate(scope, id, whyUnjudged(id, promised.get(id)?.length ?? 0)));
}

/** The run keeps exactly the promises it set out to decide; one more means the scope was cut. */
function notExpected({ expected }: Scope, promises: readonly ReleasePromise[]): string[] {
  return promises
    .filter(({ id }) => !expected.includes(id))
    .map(({ id }) => `${id} was promised, but the scope does not expect it`)
    .sort(byText);
}

/** A promise is either decided or deferred, and it says itself from which profile on it can be decided. */
function wronglyExpected({ profile, expected, deferred }: Scope, promises: readonly ReleasePromise[]): string[] {
  const expectedIds = new Set(expected);
  return [
    ...deferred.filter(({ id }) => expectedIds.has(id)).map(({ id }) => `${id} is both expected and deferred`),
    ...promises
      .filter(({ id, decidableFrom }) => expectedIds.has(id) && !reaches(profile, decidableFrom))
      .map(({ id, decidableFrom }) => `${id} is expected at ${profile}, but decidable from ${decidableFrom} on`),
  ].sort(byText);
}

function whyUnjudged(id: string, times: number): string {
  if (times > 1) return `${id} is promised ${times} times, expected once`;
  if (id.endsWith(FACTS_SUFFIX)) return `${id} is expected, but its check is not among the planned ones`;
  return `${id} is expected, but no promise of that name was saved`;
}

function withAliases(gate: Gate, promised: Promised): Gate {
  const aliases = promised.get(gate.id)?.[0]?.aliases;
  return aliases === undefined ? gate : { ...gate, aliases };
}
