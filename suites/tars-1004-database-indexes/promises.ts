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

export default { ...reads };
