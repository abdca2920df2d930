import { setTimeout as delay } from 'node:timers/promises';
import { check } from '../../../checks/check.ts';

check('small/alone', { lane: 'timing', from: 'nightly', facts: ['it was timed'] }, async ({ fact, signal }) => {
  await delay(200, undefined, { signal });
  fact('it was timed', true);
});
