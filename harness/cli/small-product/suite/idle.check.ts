import { setTimeout as delay } from 'node:timers/promises';
import { check } from '../../../checks/check.ts';

for (const id of ['small/idle-one', 'small/idle-two']) {
  check(
    id,
    { lane: 'waiting', from: 'nightly', facts: ['it waited'], arms: ['candidate'] },
    async ({ fact, signal }) => {
      await delay(500, undefined, { signal });
      fact('it waited', true);
    },
  );
}
