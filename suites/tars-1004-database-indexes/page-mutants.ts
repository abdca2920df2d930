/** TARS-1004: pages of the history that v1.0.1 could have given wrongly: by its cache, by its cursor, by the bounds of a request. */
import type { MutantDeclaration } from '../../harness/mutants/declared.ts';

const KEY = ['agentId', 'region', 'status', 'from', 'to', 'limit', 'offset', 'after'];
const parameters = {
  agent: 'agentId',
  region: 'region',
  status: 'status',
  beginning: 'from',
  end: 'to',
  limit: 'limit',
  offset: 'offset',
  cursor: 'after',
};

/** One for each parameter: a key that forgets one of them is otherwise right. */
const keys = Object.fromEntries(
  Object.entries(parameters).map(([name, variable]): [string, MutantDeclaration] => [
    `tars-1004/${name}-left-out-of-the-key`,
    {
      source: 'RFC 9111, section 2: what selects the response is a part of the cache key',
      says: `A page is kept under a key without its ${name}, and given to whoever asks for another`,
      file: 'impl/database/evaluation-history.ts',
      find: `JSON.stringify([${KEY.join(', ')}])`,
      replace: `JSON.stringify([${KEY.filter((one) => one !== variable).join(', ')}])`,
      gates: ['tars-1004/cached-pages/facts'],
      profile: 'standard',
    },
  ]),
);

export const pages = {
  ...keys,
  'tars-1004/page-from-before-the-event': {
    source: 'D. Terry et al., "Session Guarantees": read your writes',
    says: 'A page that was kept before an event is given after it',
    file: 'impl/database/page-cache.ts',
    find: 'version: JSON.stringify([meta, bump])',
    replace: 'version: JSON.stringify([bump])',
    gates: ['tars-1004/cached-pages/facts'],
    profile: 'standard',
  },
  'tars-1004/shared-with-whoever-came-before-the-event': {
    source: 'D. Terry et al., "Session Guarantees": read your writes',
    says: 'Whoever asks after an event is given what was being read before it',
    file: 'impl/database/page-cache.ts',
    find: 'const flight = ',
    replace: 'const flight = key; // ',
    gates: ['tars-1004/cached-pages/facts'],
    profile: 'standard',
  },
  'tars-1004/kept-for-an-hour': {
    source: 'the release plan: Redis result cache, TTL 1 min',
    says: 'A page is kept for an hour',
    file: 'impl/database/page-cache.ts',
    find: 'const age_ms = 60_000;',
    replace: 'const age_ms = 3_600_000;',
    gates: ['tars-1004/cached-pages/facts'],
    profile: 'standard',
  },
  'tars-1004/old-page-not-made-anew': {
    source: 'RFC 5861, section 3: while a stale response is shown a fresh one is fetched',
    says: 'A page past its minute is shown again and again until it is gone',
    file: 'impl/database/page-cache.ts',
    find: 'if (Date.now() > entry.freshUntil_ms)',
    replace: 'if (Date.now() > Number.MAX_SAFE_INTEGER)',
    gates: ['tars-1004/cached-pages/facts'],
    profile: 'standard',
  },
  'tars-1004/nothing-kept': {
    source: 'the release plan: Redis result cache',
    says: 'A page is read anew each time, whether it is kept or not',
    file: 'impl/database/page-cache.ts',
    find: 'if (entry === undefined || entry.version !== version)',
    replace: 'if (entry?.version !== undefined || entry === undefined)',
    gates: ['tars-1004/cached-pages/facts'],
    profile: 'standard',
  },
  'tars-1004/span-with-its-end': {
    source: 'the OpenAPI document: the first moment that does not count any more',
    says: 'A span holds what happened at the moment of its end as well, and so does the next span',
    file: 'impl/database/page-statement.ts',
    find: "where('to', `created_at < ",
    replace: "where('to', `created_at <= ",
    gates: ['tars-1004/cached-pages/facts'],
    profile: 'standard',
  },
  'tars-1004/moment-passed-over': {
    source: 'use-the-index-luke.com, "No offset": a cursor needs a tie-breaker',
    says: 'A page begins after the moment at which the last one ended, whatever else happened then',
    file: 'impl/database/page-statement.ts',
    find: '(created_at, id) < (',
    replace: "(created_at, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid) < (",
    gates: ['tars-1004/compatibility/facts'],
    profile: 'standard',
  },
  'tars-1004/last-row-repeated': {
    source: 'use-the-index-luke.com, "No offset": the next page begins after the last row',
    says: 'Each page begins with the last row of the page before',
    file: 'impl/database/page-statement.ts',
    find: '(created_at, id) < (',
    replace: '(created_at, id) <= (',
    gates: ['tars-1004/compatibility/facts'],
    profile: 'standard',
  },
  'tars-1004/any-offset-is-taken': {
    source: 'issue 6: the depth is capped with a clear error',
    says: 'However far back a page is, everything before it is read and thrown away',
    file: 'impl/database/page-request.ts',
    find: 'if (offset > offset_max)',
    replace: 'if (offset > Number.MAX_SAFE_INTEGER)',
    gates: ['tars-1004/bad-requests/facts'],
  },
  'tars-1004/deepest-offset-refused': {
    source: 'the OpenAPI document: an offset from 0 to 10,000',
    says: 'The largest offset that is documented is refused',
    file: 'impl/database/page-request.ts',
    find: 'if (offset > offset_max)',
    replace: 'if (offset >= offset_max)',
    gates: ['tars-1004/bad-requests/facts'],
  },
  'tars-1004/largest-page-refused': {
    source: 'the OpenAPI document: a limit from 1 to 100',
    says: 'The largest page that is documented is refused',
    file: 'impl/database/page-request.ts',
    find: 'limit > limit_max)',
    replace: 'limit >= limit_max)',
    gates: ['tars-1004/bad-requests/facts'],
  },
  'tars-1004/cursor-of-any-moment': {
    source: 'issue 6: the cursor is validated',
    says: 'A cursor may hold a moment that PostgreSQL cannot',
    file: 'impl/database/cursor.ts',
    find: '{1,17}',
    replace: '+',
    gates: ['tars-1004/bad-requests/facts'],
  },
} satisfies Record<string, MutantDeclaration>;
