import type { PromiseDeclaration } from '../../../checks/discover.ts';

const guardrail = {
  kind: 'guardrail',
  statistic: 'p50',
  worse: 'higher',
  tolerance: 0.2,
  unit: 'ms',
  minPairs: 2,
  decidableFrom: 'smoke',
} as const;

export default {
  'measured/as-quick': { ...guardrail, says: 'Answers take at most 20 % longer', measure: 'alike_ms' },
  'measured/as-steady': { ...guardrail, says: 'Waits take at most 20 % longer', measure: 'unsteady_ms' },
} satisfies Record<string, PromiseDeclaration>;
