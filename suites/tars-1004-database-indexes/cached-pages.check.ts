/** What the cache in front of the history gives: the page that was asked for, nothing that an event has outdated, and nothing old. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { login, submit } from '../../fixtures/api-client.ts';
import { DATA_END, REGIONS } from '../../fixtures/evaluation-data/parameters.ts';
import {
  type DashboardOnBreakableServers,
  dashboardOnBreakableServers,
} from '../../fixtures/stacks/dashboard-on-breakable-servers.ts';
import { Viewer } from '../../fixtures/viewer.ts';
import { check } from '../../harness/checks/check.ts';
import { waitUntil } from '../../harness/processes/wait.ts';
import { type Answer, ask } from './answers.ts';
import { looksIntoTheCache } from './cache-looks.ts';
import { type Query, requestPairs } from './request-pairs.ts';
import { allEvaluations, type KnownEvaluation, rightPage } from './right-page.ts';
import { connectTo } from './sessions.ts';

const APART = 'pages whose requests differ in one parameter are never taken for each other';
const TOLD = 'what an event has told of is in each list that was kept, or was being read, before it';
const AGE = 'a page is kept for a minute, shown for half a minute more, and made anew when it is shown past its minute';

const SPAN = 'of a span its first moment counts, and its last does not';

const [region] = REGIONS;
const KEPT_MS_MAX = 90_000;
/** Of a key without an end, by PTTL; one that is gone meanwhile has -2. */
const FOR_EVER = -1;
const HEARD_MS = 10_000;

type Get = (query: Query) => Promise<Answer>;

check(
  'tars-1004/cached-pages',
  {
    lane: 'functional',
    stack: dashboardOnBreakableServers,
    arms: ['candidate'],
    from: 'standard',
    facts: [APART, TOLD, AGE, SPAN],
    // Evaluations are written.
    destroysStack: true,
  },
  async ({ stack, fact, signal }) => {
    const token = await login(stack, 'viewer');
    const get: Get = (query) => ask(stack.api, `/api/v1/evaluations?${new URLSearchParams(query)}`, { token });
    const database = await connectTo(stack.postgresUrl);
    const redis = new Redis(stack.redisUrl, { maxRetriesPerRequest: 1, commandTimeout: 5_000 });
    try {
      const mistaken = await mistakenPages(stack, get, await allEvaluations(database));
      fact(APART, mistaken.length === 0, mistaken.join('; '));

      const untold = await untoldLists(stack, get, { token, redis, signal });
      fact(TOLD, untold.length === 0, untold.join('; '));

      const old: string[] = [];
      const keys = await redis.keys('cache:evaluations:page:*');
      const lives_ms = await Promise.all(keys.map((key) => redis.pttl(key)));
      if (lives_ms.some((life_ms) => life_ms === FOR_EVER || life_ms > KEPT_MS_MAX))
        old.push(`kept for ${lives_ms.join(', ')} ms`);
      // An agent of its own: what is written of it is told by no event, and seen by nobody by its id.
      const query = { agent_id: 'an-old-page' };
      await get(query);
      const id = randomUUID();
      await database.query(
        `INSERT INTO evaluations (id, agent_id, region, status, reward, episodes, duration_ms, created_at)
         VALUES ($1, $2, $3, 'completed', 1, 1, 1, $4)`,
        [id, query.agent_id, region, DATA_END],
      );
      await outdate(redis, keys, signal);
      if ((await get(query)).text.includes(id)) old.push('a page was read anew before its time');
      const shown = async () => (await get(query)).text.includes(id);
      await waitUntil('the page to be made anew', shown, { timeout_ms: 5_000, signal }).catch((error: Error) => {
        signal.throwIfAborted();
        old.push(error.message);
      });
      fact(AGE, old.length === 0, old.join('; ') || `${keys.length} pages`);

      const moment = DATA_END.toISOString();
      const [from, to] = [await get({ ...query, from: moment }), await get({ ...query, to: moment })];
      fact(SPAN, from.text.includes(id) && !to.text.includes(id), `from: ${from.text}; to: ${to.text}`);
    } finally {
      redis.disconnect();
      await database.end();
    }
  },
);

/** Each request after the one that it differs from by a parameter, so that both are under the same version of the cache. */
async function mistakenPages(
  { statements }: DashboardOnBreakableServers,
  get: Get,
  all: readonly KnownEvaluation[],
): Promise<string[]> {
  const mistaken: string[] = [];
  for (const [one, other] of requestPairs(all)) {
    if (String(rightPage(all, one)) === String(rightPage(all, other))) {
      throw new Error(`expected two pages that are not the same: ${JSON.stringify([one, other])}`);
    }
    for (const query of [one, other, one]) {
      const { status, text } = await get(query);
      const ids =
        status === 200 ? (JSON.parse(text) as { evaluations: KnownEvaluation[] }).evaluations.map(({ id }) => id) : [];
      if (String(ids) !== String(rightPage(all, query)))
        mistaken.push(`${JSON.stringify(query)}: ${status}, ${ids.length} others`);
    }
    const before = statements.executed;
    await get(one);
    if (statements.executed !== before) mistaken.push(`${JSON.stringify(one)} was not kept`);
  }
  return mistaken;
}

/** Lists that lack an evaluation although its event was heard: kept ones, and one that was being read meanwhile. */
async function untoldLists(
  stack: DashboardOnBreakableServers,
  get: Get,
  { token, redis, signal }: { readonly token: string; readonly redis: Redis; readonly signal: AbortSignal },
): Promise<string[]> {
  const { api, wayToPostgres, statements, release } = stack;
  const agentId = 'told-of';
  const lists: Query[] = [{ agent_id: agentId }, { limit: '5' }, { region, limit: '5' }];
  const until = AbortSignal.any([signal, AbortSignal.timeout(3 * HEARD_MS)]);
  const url = new URL('/ws', api.address.replace(/^http/, 'ws')).href;
  const viewer = new Viewer(release, { url, token: () => token, signal }, ['evaluations', `agents/${agentId}`]);
  const operator = await login(stack, 'operator');
  const settle = async () => {
    const id = randomUUID();
    await submit(api, operator, { id, agentId, region, episodes: 1, seed: 1 }, until);
    const heard = () => viewer.channels.every((channel) => viewer.received.get(channel)?.some((one) => one.id === id));
    if (!(await viewer.until(heard, until)))
      throw new Error(`expected the events of an evaluation within ${3 * HEARD_MS} ms`);
    return id;
  };
  viewer.connect();
  try {
    if (!(await viewer.until(() => viewer.live, until))) throw new Error('expected a viewer to be subscribed');
    await Promise.all(lists.map(get)); // Kept from now on, without it.
    const kept = await settle();
    const answers = await Promise.all(lists.map(get));
    const untold = lists
      .filter((_, index) => !answers[index]?.text.includes(kept))
      .map((list) => `kept: ${JSON.stringify(list)}`);

    // The one is being read, its rows on their way, when the event of the other comes.
    const list = { agent_id: agentId, limit: '7' };
    const before = statements.executed;
    await wayToPostgres.apply({ kind: 'stall', direction: 'server-to-client' });
    try {
      const early = get(list);
      await waitUntil('the page to be read', () => statements.executed > before, { timeout_ms: HEARD_MS, signal });
      const id = await settle();
      const looks = await looksIntoTheCache(redis);
      const late = get(list);
      const looked = async () => (await looksIntoTheCache(redis)) > looks;
      await waitUntil('the page to be looked for', looked, { timeout_ms: HEARD_MS, interval_ms: 5, signal });
      await wayToPostgres.apply({ kind: 'heal' });
      await early;
      if (!(await late).text.includes(id)) untold.push('being read: the page from before the event was given after it');
    } finally {
      await wayToPostgres.apply({ kind: 'heal' });
    }
    return untold;
  } finally {
    viewer.close();
  }
}

/** Takes the one page that is not among `before` past its minute: nobody waits for it here. */
async function outdate(redis: Redis, before: readonly string[], signal: AbortSignal): Promise<void> {
  const added = async () => (await redis.keys('cache:evaluations:page:*')).filter((key) => !before.includes(key));
  const [key] = await waitUntil(
    'the page to be kept',
    async () => {
      const found = await added();
      return found.length === 1 ? found : undefined;
    },
    { timeout_ms: 5_000, signal },
  );
  const entry = JSON.parse((await redis.get(key as string)) ?? '');
  await redis.set(key as string, JSON.stringify({ ...entry, freshUntil_ms: 0 }), 'KEEPTTL');
}
