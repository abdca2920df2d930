import { setTimeout as delay } from 'node:timers/promises';
import { check } from '../../../checks/check.ts';
import { expected } from './expected.ts';
import { small } from './stack.ts';

check(
  'small/answers',
  { lane: 'functional', stack: small, facts: ['the service answers'], measures: { wrong_answers: 'answers' } },
  async ({ stack, observe, fact, random }) => {
    for (let block = 0; block < 5; block += 1) {
      const answer = await (await fetch(stack.url)).text();
      observe('wrong_answers', [answer === expected ? 0 : 1]);
    }
    fact('the service answers', true, `drew ${random()}`);
  },
);

check(
  'small/patience',
  {
    lane: 'functional',
    stack: small,
    from: 'standard',
    facts: ['time passes'],
    measures: { waited_ms: 'ms' },
    arms: ['candidate'],
  },
  async ({ observe, fact, signal }) => {
    for (let block = 0; block < 100; block += 1) {
      observe('waited_ms', [50]);
      await delay(50, undefined, { signal });
    }
    fact('time passes', true);
  },
);
