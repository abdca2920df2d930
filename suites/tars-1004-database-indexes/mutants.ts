/** TARS-1004: faults that v1.0.1 could have had, each with the gates that must see it. A block for each part. */
import type { MutantDeclaration } from '../../harness/mutants/declared.ts';

/** What is read. */
const reads = {
  'tars-1004/page-ordered-by-an-expression': {
    source: 'the release plan: the history is read by its index',
    says: 'A page is put in order by an expression of the time, which no index holds',
    file: 'impl/database/page-statement.ts',
    find: 'ORDER BY created_at DESC, id DESC LIMIT',
    replace: "ORDER BY date_trunc('milliseconds', created_at) DESC, id DESC LIMIT",
    gates: ['tars-1004/plans'],
  },
  'tars-1004/page-ordered-by-id': {
    source: 'the release plan: newest first',
    says: 'A page is put in order by the id alone, which is quick and another page',
    file: 'impl/database/page-statement.ts',
    find: 'ORDER BY created_at DESC, id DESC LIMIT',
    replace: 'ORDER BY id DESC LIMIT',
    gates: ['tars-1004/plans'],
  },
  'tars-1004/time-cast-in-the-filter': {
    source: 'use-the-index-luke.com, "Functions": an index on a column does not serve an expression of it',
    says: 'The beginning of a span is compared with the day of an evaluation, which the index does not hold',
    file: 'impl/services/dashboard-api/evaluation-summary.ts',
    find: 'created_at >= $3 AND created_at < $4`',
    replace: 'created_at::timestamp >= $3 AND created_at::timestamp < $4`',
    gates: ['tars-1004/plans'],
  },
  'tars-1004/status-as-a-parameter': {
    source: 'postgresql.org: a partial index needs a predicate that is known when the plan is made',
    says: 'The status is a parameter, so that a plan for any value cannot use the index of what failed',
    file: 'impl/database/page-statement.ts',
    find: `where(status, \`status = '\${status}'\`)`,
    replace: `where(status, \`status = \${value(status)}\`)`,
    gates: ['tars-1004/plans'],
  },
  'tars-1004/index-left-out': {
    source: 'the release plan: eleven indexes',
    says: 'One of the indexes is not in the list',
    file: 'impl/database/indexes.ts',
    find: "definition: 'USING btree (user_id, created_at DESC, id DESC)',",
    replace: "definition: 'USING btree (action)',",
    gates: ['tars-1004/plans'],
  },
  'tars-1004/included-column-left-out': {
    source: 'postgresql.org: an index-only scan needs all columns of the query in the index',
    says: 'The index of a metric in a region does not hold the value, so that each is fetched from the table',
    file: 'impl/database/indexes.ts',
    find: 'USING btree (name, region, recorded_at DESC) INCLUDE (value)',
    replace: 'USING btree (name, region, recorded_at DESC)',
    gates: ['tars-1004/plans/facts'],
  },
} satisfies Record<string, MutantDeclaration>;

/** How it serves. */
const serving = {
  'tars-1004/page-made-by-everybody': {
    source: 'F. Vattani et al., "Optimal Probabilistic Cache Stampede Prevention": many find one page missing at once',
    says: 'Whoever misses a page reads it from the database, whoever else is reading it already',
    file: 'impl/database/page-cache.ts',
    find: 'if (under !== undefined) return under as Promise<T>;',
    replace: '',
    gates: ['tars-1004/cache'],
    profile: 'standard',
  },
  'tars-1004/cache-that-must-be-there': {
    source: 'the release plan: Redis away, straight to the database',
    says: 'A page that cannot be looked for in Redis is an error',
    file: 'impl/database/page-cache.ts',
    find: `if (!isRedisAway(error)) throw error;
      this.#answers.inc({ answer: 'database' });`,
    replace: 'throw error;',
    gates: ['tars-1004/cache-outage'],
    profile: 'standard',
  },
  'tars-1004/lists-that-wait-for-the-event': {
    source: 'D. Terry et al., "Session Guarantees": read your writes',
    says: 'An evaluation that was shown by its id is in no list before its event or a minute has come',
    file: 'impl/database/evaluation-history.ts',
    find: 'await cache?.forget(agent_id);',
    replace: '',
    gates: ['tars-1004/own-writes/facts'],
    profile: 'standard',
  },
  'tars-1004/lists-of-all-forgotten-of': {
    source: 'D. Terry et al., "Session Guarantees": read your writes',
    says: 'An evaluation that was shown by its id is in the list of its agent and not in those of all',
    file: 'impl/database/page-cache.ts',
    find: 'for (const key of [bumpKey(agentId), bumpKey(undefined)])',
    replace: 'for (const key of [bumpKey(agentId)])',
    gates: ['tars-1004/own-writes/facts'],
    profile: 'standard',
  },
  'tars-1004/waits-for-a-connection-for-ever': {
    source: 'brianc/node-postgres: connectionTimeoutMillis is 0 by default, which is no time-out',
    says: 'A request waits for a connection as long as it takes',
    file: 'impl/services/postgres.ts',
    find: 'connectionTimeoutMillis: 2_000,',
    replace: 'connectionTimeoutMillis: 0,',
    gates: ['tars-1004/pool'],
    profile: 'standard',
  },
  'tars-1004/refused-without-a-time': {
    source: 'RFC 9110, section 10.2.3: Retry-After',
    says: 'A refusal does not tell when to come back',
    file: 'impl/services/dashboard-api/problem-details.ts',
    find: "headers: { 'retry-after': '2' }",
    replace: 'headers: {}',
    gates: ['tars-1004/pool'],
    profile: 'standard',
  },
  'tars-1004/connection-kept-for-who-is-gone': {
    source: 'brianc/node-postgres#3721',
    says: 'A connection that was lent for a request is given back only if its client is still there',
    file: 'impl/services/dashboard-api/evaluations.ts',
    find: 'async ({ params }) => {',
    replace: `async ({ params, raw }) => {
      const lent = await postgres.connect();
      await lent.query('SELECT 1');
      if (!raw.socket.destroyed) lent.release();`,
    gates: ['tars-1004/pool-leaks'],
    profile: 'standard',
  },
  'tars-1004/field-left-out-of-a-page': {
    source: 'the release plan: the API as it is',
    says: 'A page leaves out of its evaluations how long each took',
    file: 'impl/database/evaluation-history.ts',
    find: 'presentEvaluation(row)',
    replace: 'presentEvaluation({ ...row, duration_ms: undefined })',
    gates: ['tars-1004/compatibility'],
    profile: 'standard',
  },
  'tars-1004/keys-stored-otherwise': {
    source: 'the release plan: API keys work on either release after an upgrade and after a rollback',
    says: 'What is stored of an API key is another hash than in v1.0.0',
    file: 'impl/services/api-keys.ts',
    find: "return createHash('sha256').update(key).digest();",
    replace: "return createHash('sha3-256').update(key).digest();",
    gates: ['tars-1004/compatibility/facts'],
    profile: 'standard',
  },
  'tars-1004/shut-database-taken-for-a-fault': {
    source: 'this suite: a database that lets nobody in (SQLSTATE 55000) was answered with 500',
    says: 'A PostgreSQL that lets nobody in is a failure of the service, and not one that cannot serve now',
    file: 'impl/services/postgres.ts',
    find: '|55000|',
    replace: '|',
    gates: ['tars-1004/vanishing-database/facts'],
    profile: 'standard',
  },
  'tars-1004/any-limit-is-taken': {
    source: 'the release plan: at most 100 a page',
    says: 'A limit over 100 is taken as it comes',
    file: 'impl/database/page-request.ts',
    find: 'if (limit < 1 || limit > limit_max)',
    replace: 'if (limit < 1)',
    gates: ['tars-1004/bad-requests/facts'],
  },
} satisfies Record<string, MutantDeclaration>;

export default { ...reads, ...serving };
