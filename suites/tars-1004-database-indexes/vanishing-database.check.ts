/** PostgreSQL goes away while requests are being worked on, lets nobody in for a while, comes back, and has no room left. */
import { randomUUID } from 'node:crypto';
import { login } from '../../fixtures/api-client.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import { check } from '../../harness/checks/check.ts';
import { waitUntil } from '../../harness/processes/wait.ts';
import { askAnyway, wrongWithRefusal } from './answers.ts';
import { CONNECTIONS, connectTo, sessionsOfServices, whileLocked } from './sessions.ts';

const MIDDLE = 'requests whose connection is cut are refused with 503 and Retry-After';
const AWAY = 'so is each kind of read that comes while nobody is let in';
const BACK = 'requests are served when it is back, by the process that was there before';
const UUID = '00000000-0000-4000-8000-000000000001';
const READS = [
  `/api/v1/evaluations/${UUID}`,
  '/api/v1/evaluations?agent_id=agent-1',
  '/api/v1/evaluations?status=failed&offset=1',
  '/api/v1/evaluations/summary?agent_id=agent-1&region=eu-west-1',
  '/api/v1/agents',
  '/api/v1/agent-states?agent_id=agent-1&region=eu-west-1',
  '/api/v1/agent-states?agent_type=ppo',
  '/api/v1/metric-values?name=metric_1&region=eu-west-1',
  '/api/v1/metric-values/summary?name=metric_1',
  `/api/v1/audit-logs?user_id=${UUID}`,
  '/api/v1/audit-logs?resource_type=agent&resource_id=agent-1',
  '/api/v1/api-keys',
];
const FULL = 'a read that the disk has no room for is refused so too, and served once there is room';
/** More than fit into the least memory that PostgreSQL sorts in. */
const AGENTS = 5_000;
/** A read in order has to sort, and what does not fit into memory may not be written anywhere. */
const NO_ROOM = ['enable_indexscan = off', "work_mem = '64kB'", 'temp_file_limit = 0'];

check(
  'tars-1004/vanishing-database',
  { lane: 'functional', stack: dashboard, arms: ['candidate'], facts: [MIDDLE, AWAY, BACK, FULL], from: 'standard' },
  async ({ stack, fact, signal }) => {
    const token = await login(stack, 'admin');
    const asked = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () => askAnyway(stack.api, `/api/v1/evaluations/${randomUUID()}`, { token })),
      );
    const watcher = await connectTo(stack.postgresUrl);
    const { pathname } = new URL(stack.postgresUrl);
    // PostgreSQL does not shut the database that one is in.
    const maintenance = await connectTo(new URL('/postgres', stack.postgresUrl).href);
    const database = `ALTER DATABASE ${maintenance.escapeIdentifier(decodeURIComponent(pathname.slice(1)))}`;
    const letIn = (allowed: boolean) => maintenance.query(`${database} ALLOW_CONNECTIONS ${allowed}`);
    const cutOff = () =>
      watcher.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'tars'`,
      );
    const isServed = async () => (await asked(1))[0]?.status === 404;
    /** From connections that were opened since the database was altered. */
    const allAgents = async () => {
      await cutOff();
      await waitUntil('requests to be served', isServed, { timeout_ms: 5_000, signal });
      return askAnyway(stack.api, '/api/v1/agents', { token });
    };
    const wrongOnes = (answers: Awaited<ReturnType<typeof asked>>) =>
      answers.map(wrongWithRefusal).filter((wrong) => wrong !== undefined);
    try {
      await stack.engine.stop();
      const { cut } = await whileLocked(stack.postgresUrl, async () => {
        const cut = asked(CONNECTIONS);
        const areHeld = async () => (await sessionsOfServices(watcher)).waiting > 0;
        await waitUntil('a request to be worked on', areHeld, { timeout_ms: 4_000, interval_ms: 10, signal });
        await letIn(false);
        await cutOff();
        return { cut };
      });
      const inTheMiddle = wrongOnes(await cut);
      fact(MIDDLE, inTheMiddle.length === 0, inTheMiddle.join('; '));
      const whileAway = wrongOnes(await Promise.all(READS.map((path) => askAnyway(stack.api, path, { token }))));
      fact(AWAY, whileAway.length === 0, whileAway.join('; '));
      await letIn(true);
      const isBack = await waitUntil('requests to be served', isServed, { timeout_ms: 5_000, signal }).then(
        () => true,
        () => false,
      );
      const after = await asked(CONNECTIONS);
      fact(
        BACK,
        isBack && after.every(({ status }) => status === 404) && stack.api.ownEnds.length === 0,
        `${after.map(({ status }) => status).join(' ')} ${stack.api.ownEnds.join(', ')}`,
      );

      await watcher.query(
        `INSERT INTO agents (id, agent_type, region) SELECT 'agent-' || n, 'ppo', 'eu-west-1' FROM generate_series(1, $1::int) n`,
        [AGENTS],
      );
      for (const setting of NO_ROOM) await maintenance.query(`${database} SET ${setting}`);
      const withoutRoom = wrongWithRefusal(await allAgents());
      await maintenance.query(`${database} RESET ALL`);
      const { status } = await allAgents();
      fact(FULL, withoutRoom === undefined && status === 200, `${withoutRoom ?? 'refused'}, then ${status}`);
    } finally {
      await maintenance.query(`${database} RESET ALL`);
      await letIn(true);
      await Promise.all([watcher.end(), maintenance.end()]);
    }
  },
);
