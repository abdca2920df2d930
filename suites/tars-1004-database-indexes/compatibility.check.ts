/** Either release's answers held against the other's description, on the same data; API keys that go from one to the other. */
import { randomUUID } from 'node:crypto';
import { login } from '../../fixtures/api-client.ts';
import { agentOf, userIdOf } from '../../fixtures/evaluation-data/fill-tables.ts';
import { DATA_END, REGIONS, SMALL } from '../../fixtures/evaluation-data/parameters.ts';
import {
  type DashboardOfBothReleases,
  dashboardOfBothReleases,
} from '../../fixtures/stacks/dashboard-both-releases.ts';
import { check } from '../../harness/checks/check.ts';
import { type Answer, ask, wrongWithProblem } from './answers.ts';
import { type Operation, operationsOf, wrongWithAnswer } from './openapi.ts';
import { connectTo } from './sessions.ts';

type Api = { readonly address: string };
type Tokens = Readonly<Record<'viewer' | 'operator' | 'admin', string>>;

/** One request of a client that knows no release in particular. */
interface Request {
  /** The operation it is one of: `GET /api/v1/agents`. */
  readonly of: string;
  readonly path?: string;
  readonly role?: keyof Tokens;
  readonly body?: unknown;
  /** The same request is answered with the same body, whoever is asked. @default false */
  readonly same?: boolean;
}

const [region] = REGIONS;
/** Of fewer evaluations than a page holds. */
const QUIET = agentOf(SMALL.agents);
/** Of more: where the declared change shows. */
const BUSY = agentOf(1);
const lastDay = `from=${new Date(DATA_END.getTime() - 86_400_000).toISOString()}&to=${DATA_END.toISOString()}`;

function requests(users: DashboardOfBothReleases['users'], evaluation: string): Request[] {
  const read = (of: string, query = '', role: keyof Tokens = 'viewer'): Request => {
    return { of: `GET ${of}`, path: query === '' ? of : `${of}?${query}`, role, same: true };
  };
  return [
    { of: 'GET /health' },
    { of: 'GET /health/live', same: true },
    { of: 'GET /health/ready', same: true },
    { of: 'POST /api/v1/auth/login', body: users.viewer },
    { of: 'POST /api/v1/auth/renew', role: 'viewer' },
    read('/api/v1/evaluations', `agent_id=${QUIET}`),
    read('/api/v1/evaluations', 'agent_id=nobody'),
    { of: 'GET /api/v1/evaluations', path: `/api/v1/evaluations?agent_id=${BUSY}`, role: 'viewer' },
    { ...read('/api/v1/evaluations/{id}'), path: `/api/v1/evaluations/${evaluation}` },
    read('/api/v1/evaluations/summary', `agent_id=${BUSY}&region=${region}&${lastDay}`),
    read('/api/v1/evaluations/summary', `agent_id=nobody&region=${region}&${lastDay}`),
    read('/api/v1/agents'),
    read('/api/v1/agent-states', `agent_id=${BUSY}&region=${region}`),
    read('/api/v1/agent-states', 'agent_type=ppo'),
    read('/api/v1/metric-values', `name=metric_1&region=${region}&${lastDay}`),
    read('/api/v1/metric-values/summary', `name=metric_1&${lastDay}`),
    read('/api/v1/audit-logs', `user_id=${userIdOf(1)}`, 'admin'),
    read('/api/v1/audit-logs', 'resource_type=agent&resource_id=resource-1', 'admin'),
    {
      of: 'POST /api/v1/evaluations',
      role: 'operator',
      body: { agentId: QUIET, region, environment: 'cartpole', episodes: 1 },
    },
    read('/api/v1/api-keys'),
  ];
}

/** Each is wrong to either release, and in the same way. */
function wrongRequests(
  users: DashboardOfBothReleases['users'],
): (Request & { readonly headers?: Record<string, string> })[] {
  const evaluation = { agentId: QUIET, region, environment: 'cartpole', episodes: 1 };
  return [
    { of: 'GET /api/v1/agents' },
    { of: 'GET /api/v1/agents', headers: { 'x-api-key': `tars_00000000_${'0'.repeat(32)}` } },
    { of: 'GET /api/v1/nothing', role: 'viewer' },
    { of: 'DELETE /api/v1/agents', role: 'viewer' },
    { of: 'GET /api/v1/audit-logs', path: `/api/v1/audit-logs?user_id=${userIdOf(1)}`, role: 'viewer' },
    { of: 'GET /api/v1/evaluations', path: '/api/v1/evaluations?agent_id=-', role: 'viewer' },
    { of: 'GET /api/v1/evaluations', path: `/api/v1/evaluations?agent_id=${BUSY}&page=1`, role: 'viewer' },
    { of: 'GET /api/v1/evaluations/{id}', path: `/api/v1/evaluations/${randomUUID()}`, role: 'viewer' },
    { of: 'GET /api/v1/evaluations/{id}', path: '/api/v1/evaluations/1', role: 'viewer' },
    { of: 'POST /api/v1/auth/login', body: { ...users.viewer, password: 'wrong' } },
    { of: 'POST /api/v1/auth/login', body: { username: 'viewer' } },
    { of: 'POST /api/v1/evaluations', role: 'viewer', body: evaluation },
    { of: 'POST /api/v1/evaluations', role: 'operator', body: { ...evaluation, episodes: -1 } },
    { of: 'POST /api/v1/evaluations', role: 'operator', body: 'x'.repeat(70_000) },
  ];
}

const ALL = 'every operation that either release describes was asked for';
const SAME = 'the same request reads the same from either release';
const WHOLE = 'the pages of v1.0.1 together are what v1.0.0 gives at once';
const PROBLEMS = 'the same wrong request is the same problem to either release';
const KEYS = 'a key issued by either release opens both, and one revoked at either is refused by both at once';

check(
  'tars-1004/compatibility',
  {
    lane: 'functional',
    stack: dashboardOfBothReleases(SMALL),
    arms: ['candidate'],
    measures: { incompatible_answers: 'answers' },
    facts: [ALL, SAME, WHOLE, PROBLEMS, KEYS],
    from: 'standard',
    // A queued evaluation stays behind.
    destroysStack: true,
  },
  async ({ stack, observe, fact }) => {
    // Nothing is settled meanwhile: both releases are asked about the same.
    await stack.engine.stop();
    await insertTies(stack.postgresUrl);
    const apis = [stack.api, stack.other.api] as const;
    const [own, other] = [await operationsOf(apis[0]), await operationsOf(apis[1])];
    const tokens = {
      viewer: await login(stack, 'viewer'),
      operator: await login(stack, 'operator'),
      admin: await login(stack, 'admin'),
    };
    const send = (
      { of, path, role, body, headers }: Request & { readonly headers?: Record<string, string> },
      api: Api,
    ) => {
      const [method = '', template = ''] = of.split(' ');
      const token = role && tokens[role];
      return ask(api, path ?? template, { method, body, ...(token && { token }), ...(headers && { headers }) });
    };

    const wrong: string[] = [];
    const asked = new Set<string>();
    const hold = (of: string, answer: Answer, description: ReadonlyMap<string, Operation>, side: string) => {
      asked.add(of);
      const operation = description.get(of);
      const fault = operation === undefined ? 'no such operation' : wrongWithAnswer(operation, answer);
      observe('incompatible_answers', [fault === undefined ? 0 : 1]);
      if (fault !== undefined) wrong.push(`${of}, ${side}: ${fault}`);
    };
    const both = async (request: Request) => {
      const answers = [await send(request, apis[0]), await send(request, apis[1])] as const;
      hold(request.of, answers[0], other, `${stack.release} by ${stack.other.release}`);
      hold(request.of, answers[1], own, `${stack.other.release} by ${stack.release}`);
      return answers;
    };

    const quiet = await send(
      { of: 'GET /api/v1/evaluations', path: `/api/v1/evaluations?agent_id=${QUIET}`, role: 'viewer' },
      apis[0],
    );
    const [newest] = evaluationsIn(quiet);
    const unlike: string[] = [];
    for (const request of requests(stack.users, newest?.id ?? '')) {
      const [ours, theirs] = await both(request);
      if (request.same && ours.text !== theirs.text) unlike.push(request.path ?? request.of);
    }
    fact(SAME, unlike.length === 0, unlike.join(', '));

    const keyFaults = [
      ...(await keysAcross(apis, tokens.viewer, hold, [other, own])),
      ...(await keysAcross([apis[1], apis[0]], tokens.viewer, hold, [own, other])),
    ];
    fact(KEYS, keyFaults.length === 0, keyFaults.join('; '));

    const untried = [...new Set([...own.keys(), ...other.keys()])].filter((id) => !asked.has(id));
    fact(ALL, untried.length === 0, `not asked for: ${untried.join(', ') || 'none'}; ${wrong.join('; ')}`);

    const [paging, atOnce] = stack.release === 'v1.0.1' ? apis : ([apis[1], apis[0]] as const);
    const busy = `/api/v1/evaluations?agent_id=${BUSY}`;
    const pages = await pagesFrom(paging, busy, tokens.viewer);
    const everything = evaluationsIn(await ask(atOnce, busy, { token: tokens.viewer }));
    fact(
      WHOLE,
      pages.length > 2 && JSON.stringify(pages.flat()) === JSON.stringify(everything.sort(newestFirst)),
      `${pages.length} pages, ${pages.flat().length} of ${everything.length} evaluations`,
    );

    const others: string[] = [];
    for (const request of wrongRequests(stack.users)) {
      const [ours, theirs] = await Promise.all(apis.map((api) => send(request, api)));
      const told = [ours, theirs].map((answer) => answer && (wrongWithProblem(answer) ?? kindOf(answer)));
      if (told[0] !== told[1] || !told[0]?.startsWith('problem')) others.push(`${request.of}: ${told.join(' / ')}`);
    }
    fact(PROBLEMS, others.length === 0, others.join('; '));
  },
);

type Hold = (of: string, answer: Answer, description: ReadonlyMap<string, Operation>, side: string) => void;

/** Issues a key at one API and uses it at both, revokes it at the other and uses it again; what went otherwise. */
async function keysAcross(
  [issuer, revoker]: readonly [Api, Api],
  token: string,
  hold: Hold,
  [ofIssuer, ofRevoker]: readonly [ReadonlyMap<string, Operation>, ReadonlyMap<string, Operation>],
): Promise<string[]> {
  const path = '/api/v1/api-keys';
  const issued = await ask(issuer, path, { method: 'POST', token, body: { name: 'across' } });
  hold(`POST ${path}`, issued, ofIssuer, 'issued');
  const { id, key } = JSON.parse(issued.text) as { id: string; key: string };
  const statuses = async () =>
    Promise.all(
      [issuer, revoker].map(
        async (api) => (await ask(api, '/api/v1/agents', { headers: { 'x-api-key': key } })).status,
      ),
    );
  const before = await statuses();
  const revoked = await ask(revoker, `${path}/${id}`, { method: 'DELETE', token });
  hold(`DELETE ${path}/{id}`, revoked, ofRevoker, 'revoked');
  const after = await statuses();
  return [
    ...(before.every((status) => status === 200) ? [] : [`a new key was answered with ${before.join(' and ')}`]),
    ...(after.every((status) => status === 401) ? [] : [`a revoked key was answered with ${after.join(' and ')}`]),
  ];
}

interface Evaluation {
  readonly id: string;
  readonly createdAt: string;
}

/** As pages have it, by id among those of one moment, which v1.0.0 gives in any order. */
function newestFirst(one: Evaluation, other: Evaluation): number {
  const [ours, theirs] = [one.createdAt + one.id, other.createdAt + other.id];
  return ours < theirs ? 1 : -1;
}

/** More evaluations of one moment than a page holds: only the id tells where among them a page ended. */
async function insertTies(postgresUrl: string): Promise<void> {
  const client = await connectTo(postgresUrl);
  try {
    await client.query(
      `INSERT INTO evaluations (id, agent_id, region, status, reward, episodes, duration_ms, created_at)
       SELECT gen_random_uuid(), $1, $2, 'completed', n, 1, 1, $3 FROM generate_series(1, 150) n`,
      [BUSY, region, DATA_END],
    );
  } finally {
    await client.end();
  }
}

function evaluationsIn({ text }: Answer): Evaluation[] {
  return (JSON.parse(text) as { evaluations?: Evaluation[] }).evaluations ?? [];
}

/** All pages, each by the Link of the one before (RFC 8288). */
async function pagesFrom(api: Api, first: string, token: string): Promise<Evaluation[][]> {
  const pages: Evaluation[][] = [];
  let next: string | undefined = first;
  while (next !== undefined && pages.length < 1_000) {
    const answer: Answer = await ask(api, next, { token });
    pages.push(evaluationsIn(answer));
    next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return pages;
}

/** What of a problem a client may go by. */
function kindOf({ status, text, headers }: Answer): string {
  const problem = JSON.parse(text) as { code: string; detail: string };
  const fields = Object.keys(problem).sort().join(' ');
  return `problem ${status} ${problem.code} (${fields}) ${headers.get('www-authenticate') ?? ''} ${headers.get('allow') ?? ''}`;
}
