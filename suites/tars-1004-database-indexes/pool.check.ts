/** dashboard-api's connections to PostgreSQL when all are taken: who comes then is refused in time, and told when to come back. */
import { randomUUID } from 'node:crypto';
import { login } from '../../fixtures/api-client.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import { check } from '../../harness/checks/check.ts';
import { waitUntil } from '../../harness/processes/wait.ts';
import { askAnyway, wrongWithRefusal } from './answers.ts';
import { CONNECTIONS, connectTo, sessionsOfServices, whileLocked } from './sessions.ts';

/** More than there are connections. */
const REQUESTS = 6 * CONNECTIONS;
/**
 * A request waits at most 2 s for a connection and 5 s for its statement (`impl/services/postgres.ts`); the rest is for a
 * busy machine.
 */
const ANSWER_MS_MAX = 10_000;
/** Shorter than a statement may wait, after which its connection is free again. */
const TAKEN_MS = 4_000;

const one = () => `/api/v1/evaluations/${randomUUID()}`;

const HELD = 'all connections were held, and more requests came';
const LIVE = 'what needs no connection is answered all the while';
const AGAIN = 'requests are served again once connections are free';

check(
  'tars-1004/pool-exhausted',
  {
    lane: 'waiting',
    stack: dashboard,
    arms: ['candidate'],
    measures: { bad_refusals: 'requests' },
    facts: [HELD, LIVE, AGAIN],
    from: 'standard',
  },
  async ({ stack, observe, fact, signal }) => {
    const token = await login(stack, 'viewer');
    const client = await connectTo(stack.postgresUrl);
    try {
      await stack.engine.stop();
      await whileLocked(stack.postgresUrl, async () => {
        const sent = Promise.all(
          Array.from({ length: REQUESTS }, async () => {
            const begun_ms = performance.now();
            const answer = await askAnyway(stack.api, one(), { token });
            return { answer, took_ms: performance.now() - begun_ms };
          }),
        );
        let most = 0;
        const areHeld = async () => {
          most = Math.max(most, (await sessionsOfServices(client)).waiting);
          return most >= CONNECTIONS;
        };
        await waitUntil('all connections to be held', areHeld, { timeout_ms: TAKEN_MS, signal }).catch(() =>
          signal.throwIfAborted(),
        );
        const live = await askAnyway(stack.api, '/health/live', { timeout_ms: 5_000 });
        const { waiting } = await sessionsOfServices(client);
        const answers = await sent;
        fact(HELD, most === CONNECTIONS, `${REQUESTS} requests, ${most} connections`);
        fact(LIVE, live.status === 200 && waiting > 0, `${live.status} ${live.text}; ${waiting} held`);
        observe(
          'bad_refusals',
          answers.map(({ answer, took_ms }) =>
            wrongWithRefusal(answer) === undefined && took_ms <= ANSWER_MS_MAX ? 0 : 1,
          ),
        );
      });
      const after = await Promise.all(Array.from({ length: REQUESTS }, () => askAnyway(stack.api, one(), { token })));
      const served = after.filter(({ status }) => status === 404).length;
      fact(AGAIN, served === REQUESTS, `${served} of ${REQUESTS}`);
    } finally {
      await client.end();
    }
  },
);
