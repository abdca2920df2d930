/** The gate of an expected id that nothing can be judged by: shown as an error, because nothing passes by being absent. */
import type { Gate } from '../schema/run.ts';
import type { Scope } from '../schema/scope.ts';
import { FACTS_SUFFIX } from './facts.ts';

export function unjudgedGate(scope: Scope, id: string, why: string): Gate {
  const ofFacts = id.endsWith(FACTS_SUFFIX);
  const nothing = { value: null, low: null, high: null, samples: 0 };
  const suite = id.split('/', 1)[0] as string;
  const ticket = scope.checks.find((check) => check.suite === suite)?.ticket;
  return {
    id,
    suite,
    ...(ticket === undefined ? {} : { ticket }),
    kind: ofFacts ? 'facts' : 'absolute',
    says: 'An expected gate',
    measure: ofFacts ? 'facts' : 'unknown',
    statistic: ofFacts ? 'facts-broken' : 'count-above',
    operator: '<=',
    limit: 0,
    unit: ofFacts ? 'facts' : 'unknown',
    verdict: 'error',
    reason: why,
    candidate: nothing,
    checks: [],
    rerun: scope.command,
  };
}
