/** dashboard-api's connections to PostgreSQL when those they were lent for are gone: each comes back. */
import { randomUUID } from 'node:crypto';
import { abortRequests } from '../../fixtures/aborted-requests.ts';
import { login } from '../../fixtures/api-client.ts';
import { SMALL } from '../../fixtures/evaluation-data/parameters.ts';
import { dashboardOnData } from '../../fixtures/stacks/dashboard-on-data.ts';
import { check } from '../../harness/checks/check.ts';
import { waitUntil } from '../../harness/processes/wait.ts';
import { askAnyway } from './answers.ts';
import { CONNECTIONS, connectTo, sessionsOfServices, whileLocked } from './sessions.ts';

/** More than there are connections. */
const REQUESTS = 6 * CONNECTIONS;
/** Shorter than a statement may wait, after which its connection is free again. */
const TAKEN_MS = 4_000;
const ROUNDS = 5;
/** In each round. */
const ABORTED = 2_000;
const ON_ONE_SOCKET = 25;
const SOCKETS_AT_ONCE = 4;
const MIDDLE = '10,000 requests were aborted while they were being worked on';

const one = () => `/api/v1/evaluations/${randomUUID()}`;

check(
  'tars-1004/pool-aborts',
  {
    lane: 'functional',
    // Its API lets one address ask as often as it likes.
    stack: dashboardOnData(SMALL),
    arms: ['candidate'],
    measures: { lost_connections: 'connections' },
    facts: [MIDDLE],
    from: 'standard',
    timeout_ms: 120_000,
  },
  async ({ stack, random, observe, fact, signal }) => {
    const token = await login(stack, 'viewer');
    const headers = { authorization: `Bearer ${token}` };
    const path = () =>
      random() < 0.5 ? one() : `/api/v1/evaluations?agent_id=agent-${Math.floor(random() * 1_000_000)}`;
    const client = await connectTo(stack.postgresUrl);

    /** How many statements can wait at once: each holds a connection that could still be lent. */
    const usable = async () => {
      let most = 0;
      const { sent } = await whileLocked(stack.postgresUrl, async () => {
        const sent = Promise.all(Array.from({ length: REQUESTS }, () => askAnyway(stack.api, one(), { token })));
        const areTaken = async () => {
          most = Math.max(most, (await sessionsOfServices(client)).waiting);
          return most >= CONNECTIONS;
        };
        await waitUntil('each connection to be taken', areTaken, {
          timeout_ms: TAKEN_MS,
          interval_ms: 10,
          signal,
        }).catch(() => signal.throwIfAborted());
        return { sent };
      });
      await sent;
      return most;
    };

    let aborted = 0;
    try {
      await stack.engine.stop();
      for (let round = 1; round <= ROUNDS; round += 1) {
        const abortInTurn = async () => {
          while (aborted < round * ABORTED) {
            // The first needs no database: its answer comes while the others are being worked on.
            const paths = ['/health/live', ...Array.from({ length: ON_ONE_SOCKET }, path)];
            aborted += await abortRequests({ address: stack.api.address, paths, headers });
          }
        };
        await Promise.all(Array.from({ length: SOCKETS_AT_ONCE }, abortInTurn));
        const left = await usable();
        const { all } = await sessionsOfServices(client);
        // Lent for ever, or open beside those that can be lent.
        observe('lost_connections', [CONNECTIONS - left, Math.max(0, all - CONNECTIONS)]);
        if (left < CONNECTIONS) break;
      }
    } finally {
      await client.end();
    }
    fact(MIDDLE, aborted >= ROUNDS * ABORTED, `${aborted} requests`);
  },
);
