/** The cache in front of the history: one statement for all who miss at once, no error without Redis, and nothing old for whoever wrote. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Agent, request } from 'undici';
import { login } from '../../fixtures/api-client.ts';
import { agentOf } from '../../fixtures/evaluation-data/fill-tables.ts';
import { dashboardOnBreakableServers } from '../../fixtures/stacks/dashboard-on-breakable-servers.ts';
import { check } from '../../harness/checks/check.ts';
import { runLoad } from '../../harness/load/run-load.ts';
import { describeError, waitUntil } from '../../harness/processes/wait.ts';
import { looksIntoTheCache } from './cache-looks.ts';
import { asking, tryKeys } from './tried-keys.ts';

const STORM = 500;
const HANDFUL = 25;
const STORMS = 3;
const ALIKE = 'all of a storm are given the same page, which is full';

check(
  'tars-1004/cache-misses',
  {
    lane: 'functional',
    stack: dashboardOnBreakableServers,
    arms: ['candidate'],
    from: 'standard',
    measures: { statements_of_a_miss: 'statements' },
    facts: [ALIKE],
  },
  async ({ stack, observe, fact, signal }) => {
    const { api, wayToPostgres, statements, redisUrl } = stack;
    const headers = { authorization: `Bearer ${await login(stack, 'viewer')}` };
    const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1, commandTimeout: 5_000 });
    const agent = new Agent({ connections: STORM, headersTimeout: 20_000, bodyTimeout: 20_000 });
    try {
      const unlike: string[] = [];
      for (let storm = 1; storm <= STORMS; storm += 1) {
        const url = new URL(`/api/v1/evaluations?agent_id=${agentOf(storm)}`, api.address);
        const [looksBefore, executedBefore] = [await looksIntoTheCache(redis), statements.executed];
        // The page cannot be made before the last of them has found it missing: none may be a hit.
        await wayToPostgres.apply({ kind: 'stall', direction: 'both' });
        const asked: Promise<string>[] = [];
        try {
          // In handfuls: on a busy machine a service that reads 500 at once does not hear Redis within its second.
          while (asked.length < STORM) {
            asked.push(...Array.from({ length: HANDFUL }, () => answerOf(url, headers, agent)));
            await waitUntil(
              `${asked.length} of ${STORM} requests to look into the cache`,
              async () => (await looksIntoTheCache(redis)) - looksBefore >= asked.length,
              { timeout_ms: 5_000, interval_ms: 5, signal },
            );
          }
        } finally {
          await wayToPostgres.apply({ kind: 'heal' });
        }
        const answers = new Set(await Promise.all(asked));
        observe('statements_of_a_miss', [statements.executed - executedBefore]);
        const [first = ''] = answers;
        const rows = first.startsWith('200 ') ? JSON.parse(first.slice(4)).evaluations.length : 0;
        if (answers.size !== 1 || rows !== 100)
          unlike.push(`${answers.size} different, ${rows} rows: ${first.slice(0, 200)}`);
      }
      fact(ALIKE, unlike.length === 0, unlike.join('; '));
    } finally {
      redis.disconnect();
      await agent.destroy();
    }
  },
);

/** Status and body, or what came instead of them. */
async function answerOf(url: URL, headers: Record<string, string>, dispatcher: Agent): Promise<string> {
  try {
    const { statusCode, body } = await request(url, { dispatcher, headers });
    return `${statusCode} ${await body.text()}`;
  } catch (error) {
    return describeError(error);
  }
}

const AT_ONCE = 'what was written is in every list as soon as its writer has seen it';
const KEYS_AT_ONCE =
  'a key is listed as soon as it is issued, is nobody else’s to revoke, and is neither listed nor let in as soon as it is revoked';
const CHANCE = 'what is secret of the keys is drawn from all letters and digits';
const WRITES = 10;
/** Of 62, in ten secrets of 32: fewer than 55 are drawn in less than one of 10^6 such draws. */
const CHARACTERS_MIN = 55;

check(
  'tars-1004/own-writes',
  {
    lane: 'functional',
    stack: dashboardOnBreakableServers,
    from: 'standard',
    facts: [AT_ONCE, KEYS_AT_ONCE, CHANCE],
  },
  async ({ stack, fact, signal }) => {
    const ask = await asking(stack);
    const database = new pg.Client({
      connectionString: stack.postgresUrl,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
    });
    await database.connect();
    try {
      const missing: string[] = [];
      for (let write = 0; write < WRITES; write += 1) {
        const [id, agent] = [randomUUID(), `writer-${write}`];
        const lists = [`agent_id=${agent}`, ...(stack.release === 'v1.0.0' ? [] : ['limit=5', 'region=eu-west-1'])];
        const showing = async () => {
          const answers = await Promise.all(lists.map((query) => ask('GET', `/api/v1/evaluations?${query}`)));
          return lists.filter((_, index) => answers[index]?.text.includes(id));
        };
        await showing(); // Kept from now on, without it.
        // As the engine commits it. No event tells of it: a relay that is late is no excuse.
        await database.query(
          `INSERT INTO evaluations (id, agent_id, region, status, reward, episodes, duration_ms)
           VALUES ($1, $2, 'eu-west-1', 'completed', 1, 1, 1)`,
          [id, agent],
        );
        await waitUntil(
          'the evaluation to be shown',
          async () => (await ask('GET', `/api/v1/evaluations/${id}`)).status === 200,
          { timeout_ms: 5_000, interval_ms: 5, signal },
        );
        const shown = await showing();
        if (shown.length < lists.length) missing.push(`${agent}: only in ${shown.join(', ') || 'none'}`);
      }
      fact(AT_ONCE, missing.length === 0, missing.join('; '));
      const { untrue, secrets } = await tryKeys(stack, ask, WRITES);
      fact(KEYS_AT_ONCE, untrue.length === 0, untrue.join('; '));
      const drawn = new Set(secrets.join('')).size;
      fact(
        CHANCE,
        new Set(secrets).size === WRITES && secrets.every((one) => one.length >= 32) && drawn >= CHARACTERS_MIN,
        `${drawn} of 62 characters in ${secrets.length} keys`,
      );
    } finally {
      await database.query("DELETE FROM evaluations WHERE agent_id LIKE 'writer-%'");
      await database.end();
    }
  },
);

const SERVED = 'pages come from the cache again once Redis is back';
const LOAD = { rate_per_s: 100, duration_ms: 4_000 } as const;

check(
  'tars-1004/cache-outage',
  {
    lane: 'functional',
    stack: dashboardOnBreakableServers,
    arms: ['candidate'],
    from: 'standard',
    measures: { failed_without_redis: 'requests' },
    facts: [SERVED],
  },
  async ({ stack, observe, fact, reaper, signal, seed }) => {
    const { api, redis } = stack;
    const token = await login(stack, 'viewer');
    const agents = Array.from({ length: 50 }, (_, rank) => `agent_id=${agentOf(rank + 1)}`);
    const load = runLoad(
      {
        origin: api.address,
        request: {
          method: 'GET',
          path: '/api/v1/evaluations?{choice}',
          choices: agents,
          headers: { authorization: `Bearer ${token}` },
          status: 200,
        },
        arrivals: { kind: 'poisson', rate_per_s: LOAD.rate_per_s },
        warmUp_ms: 500,
        duration_ms: LOAD.duration_ms,
        timeout_ms: 10_000,
        connections: 100,
        seed,
        // How soon is not asked here, only whether.
        lag_ms_max: 5_000,
      },
      { reaper, signal },
    );
    const answered = async (more: number) => {
      const before = await answeredPages(api.address);
      await waitUntil(
        `${more} requests to be answered`,
        async () => (await answeredPages(api.address)) >= before + more,
        {
          timeout_ms: 20_000,
          signal,
        },
      );
    };
    const killing = (async () => {
      await answered(50);
      await redis.kill();
      await answered(100);
      await redis.start();
    })();
    const [tally] = await Promise.all([load, killing]);
    const failed = tally.scheduled - tally.succeeded;
    observe('failed_without_redis', [...Array<number>(failed).fill(1), ...Array<number>(tally.succeeded).fill(0)]);
    const before = await hitsOf(api.address);
    const page = new URL(`/api/v1/evaluations?${agents[0]}`, api.address);
    const headers = { authorization: `Bearer ${token}` };
    const back = await waitUntil(
      'a page to come from the cache',
      async () => {
        await (await fetch(page, { headers, signal: AbortSignal.timeout(5_000) })).arrayBuffer();
        return (await hitsOf(api.address)) > before;
      },
      { timeout_ms: 10_000, signal },
    ).catch(() => false);
    fact(
      SERVED,
      back,
      `${[...tally.failed].map(([reason, count]) => `${count} × ${reason}`).join(', ') || 'no'} failures`,
    );
  },
);

/** How many pages came from the cache, by dashboard-api's own count. */
function hitsOf(address: string): Promise<number> {
  return sumOfMetric(address, /^tars_evaluation_pages_total\{answer="hit"\} (\d+)/gm);
}

/** How many were asked for and answered, with whatever status. */
function answeredPages(address: string): Promise<number> {
  return sumOfMetric(
    address,
    /^tars_http_request_duration_seconds_count\{route="\/api\/v1\/evaluations",method="GET",[^}]*\} (\d+)/gm,
  );
}

async function sumOfMetric(address: string, lines: RegExp): Promise<number> {
  const response = await fetch(new URL('/metrics', address), { signal: AbortSignal.timeout(5_000) });
  return [...(await response.text()).matchAll(lines)].reduce((sum, [, count]) => sum + Number(count), 0);
}
