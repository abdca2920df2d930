/** TARS-1001: what v1.0.1 promises of the dashboards' connection, and v1.0.0 breaks by its own doing. */
import type { PromiseDeclaration } from '../../harness/checks/discover.ts';

export default {
  'tars-1001/reconnects': {
    kind: 'fix',
    says: 'No dropped client stays away longer than 30 s after the network is back',
    measure: 'away_ms',
    statistic: 'count-above',
    threshold: 30_000,
    operator: '<=',
    limit: 0,
    unit: 'ms',
    minSamples: 30,
    decidableFrom: 'smoke',
  },
  'tars-1001/channels-return': {
    kind: 'fix',
    says: 'No dropped client is without its channels when the network has been back for 31 s',
    measure: 'channels_missing',
    statistic: 'count-above',
    threshold: 0,
    operator: '<=',
    limit: 0,
    unit: 'channels',
    minSamples: 30,
    decidableFrom: 'smoke',
  },
  'tars-1001/nothing-lost': {
    kind: 'fix',
    says: 'No committed event is lost, doubled, altered or out of order over 20 or more cuts; a told gap counts as lost',
    measure: 'flaws',
    statistic: 'count-above',
    threshold: 0,
    operator: '<=',
    limit: 0,
    unit: 'flaws',
    minSamples: 2_000,
    decidableFrom: 'smoke',
  },
} satisfies Record<string, PromiseDeclaration>;
