/** Requests drawn from a release's own description of its API: mostly as it asks for them, with hostile values among them. */
import fc from 'fast-check';
import { agentOf } from '../../fixtures/evaluation-data/fill-tables.ts';
import { DATA_END, DAYS, REGIONS } from '../../fixtures/evaluation-data/parameters.ts';
import type { Operation, Schema } from './openapi.ts';

export interface DrawnRequest {
  readonly operation: Operation;
  /** With the path's parameters filled in. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly as: 'viewer' | 'operator' | 'admin' | 'nobody' | 'forger';
}

const HOSTILE = [
  '',
  ' ',
  '-1',
  'NaN',
  'Infinity',
  '1e309',
  '9'.repeat(40),
  '\u0000',
  '%00',
  '../../etc/passwd',
  "' OR '1'='1",
  '1; DROP TABLE evaluations; --',
  '$1',
  '__proto__',
  '\ud800',
  '😀'.repeat(50),
  'x'.repeat(2_000),
  '275760-09-13T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '2016-12-31T23:59:60Z',
];
const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 200 }));

const moment = fc
  .date({ min: new Date(DATA_END.getTime() - DAYS * 86_400_000), max: DATA_END, noInvalidDate: true })
  .map((date) => date.toISOString());

const cursor = fc
  .tuple(fc.integer({ min: 0, max: DAYS * 86_400_000 }), fc.integer({ min: 0, max: 999 }), fc.uuid())
  .map(([back_ms, us, id]) => [String((DATA_END.getTime() - back_ms) * 1_000 + us), id])
  .map((pair) => Buffer.from(JSON.stringify(pair)).toString('base64url'));

/** Names that the data knows: a draw by pattern alone would find nothing. */
const KNOWN: Readonly<Record<string, fc.Arbitrary<string>>> = {
  agent_id: fc.integer({ min: 1, max: 300 }).map(agentOf),
  agentId: fc.integer({ min: 1, max: 300 }).map(agentOf),
  region: fc.constantFrom(...REGIONS),
  name: fc.integer({ min: 1, max: 40 }).map((n) => `metric_${n}`),
  limit: fc.integer({ min: 1, max: 100 }).map(String),
  offset: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 10_000 })).map(String),
  cursor,
};

function described(name: string, schema: Schema): fc.Arbitrary<unknown> {
  const { type, enum: choices, pattern, format, minimum = 0, maximum = 1_000, maxLength = 100 } = schema;
  if (choices !== undefined) return fc.constantFrom(...choices);
  if (format === 'date-time') return moment;
  if (type === 'integer') return fc.integer({ min: minimum, max: maximum });
  if (type === 'object') return bodyOf(schema);
  const known = KNOWN[name];
  const drawn = pattern === undefined ? fc.string({ maxLength }) : fc.stringMatching(new RegExp(pattern));
  return known === undefined ? drawn : fc.oneof({ arbitrary: known, weight: 4 }, { arbitrary: drawn, weight: 1 });
}

function bodyOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, one]) => [
    name,
    fc.oneof({ arbitrary: described(name, one), weight: 12 }, { arbitrary: fc.jsonValue(), weight: 1 }),
  ]);
  const whole = fc.record<Record<string, unknown>, string>(Object.fromEntries(fields), { requiredKeys: [...required] });
  return fc.oneof({ arbitrary: whole, weight: 6 }, { arbitrary: fc.jsonValue(), weight: 1 });
}

/** One parameter, often left out where it need not be there. */
function parameterOf(name: string, schema: Schema, isNeeded: boolean): fc.Arbitrary<string | undefined> {
  return fc.oneof(
    { arbitrary: described(name, schema).map(String), weight: 8 },
    { arbitrary: fc.constant(undefined), weight: isNeeded ? 1 : 12 },
    { arbitrary: hostile, weight: 1 },
  );
}

function requestOf(operation: Operation): fc.Arbitrary<DrawnRequest> {
  const of = (where: string) => operation.parameters.filter((parameter) => parameter.in === where);
  const query = fc.record(
    Object.fromEntries(
      of('query').map(({ name, schema, required }) => [name, parameterOf(name, schema, required)] as const),
    ),
  );
  const inPath = fc.record(
    Object.fromEntries(of('path').map(({ name, schema }) => [name, fc.oneof(described(name, schema), hostile)])),
  );
  const as = fc.oneof(
    { arbitrary: fc.constantFrom('admin' as const, 'operator' as const, 'viewer' as const), weight: 12 },
    { arbitrary: fc.constantFrom('nobody' as const, 'forger' as const), weight: 1 },
  );
  return fc
    .record({ query, inPath, as, body: operation.body === undefined ? fc.constant(undefined) : bodyOf(operation.body) })
    .map((drawn) => ({
      operation,
      path: operation.path.replace(/\{(\w+)\}/g, (_, name) =>
        encodeURIComponent(wellFormed(String(drawn.inPath[name]))),
      ),
      query: Object.fromEntries(
        Object.entries(drawn.query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
      as: drawn.as,
      ...(drawn.body !== undefined && { body: drawn.body }),
    }));
}

/** What can be a part of a URL: a lone surrogate cannot be encoded. A path that is empty is another path. */
function wellFormed(text: string): string {
  return text.toWellFormed() || '-';
}

/** An operation is the likelier the more parameters there are to go wrong. */
export function drawnRequests(operations: Iterable<Operation>): fc.Arbitrary<DrawnRequest> {
  return fc.oneof(
    ...[...operations].map((operation) => ({
      arbitrary: requestOf(operation),
      weight: 2 + operation.parameters.length,
    })),
  );
}
