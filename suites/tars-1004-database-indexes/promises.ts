/** TARS-1004: what v1.0.1 promises of the database, and v1.0.0 breaks by its own doing. A block for each part. */
import type { PromiseDeclaration } from '../../harness/checks/discover.ts';

/** What is read: plans, latencies, the database's processor time. */
const reads = {
  'tars-1004/plans': {
    kind: 'fix',
    says: 'Every query that an index is there for is answered by it alone, under custom and generic plans',
    measure: 'plan_faults',
    statistic: 'count-above',
    threshold: 0,
    operator: '<=',
    limit: 0,
    unit: 'faults',
    minSamples: 34,
    decidableFrom: 'smoke',
  },
} satisfies Record<string, PromiseDeclaration>;

/** How it serves: the cache, the connections, what users of v1.0.0 rely on. */
const serving = {
  'tars-1004/cache': {
    kind: 'absolute',
    says: '500 who find a page missing at the same moment cost the database one statement',
    measure: 'statements_of_a_miss',
    statistic: 'count-above',
    threshold: 1,
    operator: '<=',
    limit: 0,
    unit: 'statements',
    minSamples: 3,
    decidableFrom: 'standard',
  },
  'tars-1004/cache-outage': {
    kind: 'absolute',
    says: 'A Redis that is killed and comes back under load fails no request',
    measure: 'failed_without_redis',
    statistic: 'count-above',
    threshold: 0,
    operator: '<=',
    limit: 0,
    unit: 'requests',
    minSamples: 300,
    decidableFrom: 'standard',
  },
  'tars-1004/pool': {
    kind: 'absolute',
    says: 'With every connection taken, each request is refused with 503 and Retry-After within 10 s',
    measure: 'bad_refusals',
    statistic: 'count-above',
    threshold: 0,
    operator: '<=',
    limit: 0,
    unit: 'requests',
    minSamples: 60,
    decidableFrom: 'standard',
  },
  'tars-1004/pool-leaks': {
    kind: 'absolute',
    says: 'After each 500 of 10,000 aborted requests all 10 connections can be lent, and no other is open',
    measure: 'lost_connections',
    statistic: 'count-above',
    threshold: 0,
    operator: '<=',
    limit: 0,
    unit: 'connections',
    minSamples: 40,
    decidableFrom: 'standard',
  },
  'tars-1004/compatibility': {
    kind: 'absolute',
    says: "Every answer of either release is as the other's OpenAPI document describes it, field by field",
    measure: 'incompatible_answers',
    statistic: 'count-above',
    threshold: 0,
    operator: '<=',
    limit: 0,
    unit: 'answers',
    minSamples: 44,
    decidableFrom: 'standard',
  },
} satisfies Record<string, PromiseDeclaration>;

export default { ...reads, ...serving };
