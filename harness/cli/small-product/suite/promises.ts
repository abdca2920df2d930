import type { PromiseDeclaration } from '../../../checks/discover.ts';

export default {
  'small/answers-rightly': {
    kind: 'fix',
    says: 'No answer is wrong',
    measure: 'wrong_answers',
    statistic: 'count-above',
    threshold: 0,
    operator: '<=',
    limit: 0,
    unit: 'answers',
    minSamples: 5,
    decidableFrom: 'smoke',
  },
  'small/waits': {
    kind: 'absolute',
    says: 'No wait is longer than a second',
    measure: 'waited_ms',
    statistic: 'max',
    operator: '<=',
    limit: 1_000,
    unit: 'ms',
    minSamples: 100,
    decidableFrom: 'standard',
  },
} satisfies Record<string, PromiseDeclaration>;
