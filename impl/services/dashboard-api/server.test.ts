/** The API where it needs no server: PostgreSQL and Redis are away for good, at ports where nobody listens. */
import { createHmac } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { releases } from '../../releases.ts';
import { createLogger } from '../logger.ts';
import { createPostgresPool } from '../postgres.ts';
import { connectRedis } from '../redis.ts';
import { buildDashboardApi, type DashboardApi } from './server.ts';

const jwtSecret = 'a secret of more than 32 characters';
const logLines: string[] = [];
const logger = createLogger('test', 'v1.0.1', 'info', { write: (line) => void logLines.push(line) });
const postgres = createPostgresPool('postgres://tars:hunter2@127.0.0.1:1/tars', 1, logger);
const redis = connectRedis('redis://127.0.0.1:1', 'test', 500, logger);
let api: DashboardApi;

beforeAll(async () => {
  api = await buildDashboardApi({
    release: releases['v1.0.1'],
    postgres,
    redis,
    jwtSecret,
    logger,
    metrics: new Registry(),
  });
});

afterAll(async () => {
  await api.server.close();
  await postgres.end();
  redis.disconnect();
});

function token(claims: object, { alg = 'HS256', secret = jwtSecret } = {}): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  const hash = { HS256: 'sha256', HS512: 'sha512' }[alg];
  return `${signed}.${hash === undefined ? '' : createHmac(hash, secret).update(signed).digest('base64url')}`;
}

const now_s = Math.floor(Date.now() / 1000);
const good = { iss: 'tars-dashboard-api', sub: 'u1', role: 'viewer', iat: now_s, exp: now_s + 60 };
const bearer = (claims: object, how?: object) => ({ authorization: `Bearer ${token(claims, how)}` });
const evaluation = { agentId: 'a1', region: 'us-east-1', episodes: 1 };

test('a good token speaks for its subject', async () => {
  expect(await api.authenticate(token(good))).toEqual({ subject: 'u1', role: 'viewer', expiresAt_ms: good.exp * 1000 });
});

test.each([
  ['expired', token({ ...good, exp: now_s - 1 })],
  ['signed with another secret', token(good, { secret: 'another secret of over 32 characters' })],
  ['unsigned, alg none', token(good, { alg: 'none' })],
  ['signed with another algorithm', token(good, { alg: 'HS512' })],
  ['of another issuer', token({ ...good, iss: 'elsewhere' })],
  ['without expiry', token({ ...good, exp: undefined })],
  ['without subject', token({ ...good, sub: undefined })],
  ['of an unknown role', token({ ...good, role: 'root' })],
  ['not a token', 'x.y.z'],
  ['empty', ''],
])('a token that is %s is refused', async (_name, refused) => {
  await expect(api.authenticate(refused)).rejects.toMatchObject({ code: 'unauthenticated', status: 401 });
  const response = await api.server.inject({
    url: '/api/v1/evaluations?agent_id=a1',
    headers: { authorization: `Bearer ${refused}` },
  });
  expect(response.statusCode).toBe(401);
  expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
});

// 503 is past the door: the role was let in, and PostgreSQL or Redis is away.
test.each([
  ['viewer', 'GET', 503],
  ['operator', 'GET', 503],
  ['admin', 'GET', 503],
  ['viewer', 'POST', 403],
  ['operator', 'POST', 503],
  ['admin', 'POST', 503],
] as const)('the role %s gets from %s /api/v1/evaluations: %i', async (role, method, status) => {
  const response = await api.server.inject({
    method,
    url: method === 'GET' ? '/api/v1/evaluations?agent_id=a1' : '/api/v1/evaluations',
    headers: bearer({ ...good, role }),
    ...(method === 'POST' && { payload: evaluation }),
  });
  expect(response.statusCode).toBe(status);
  expect(response.json()).toMatchObject({ status });
});

test.each([
  ['404', { url: '/nowhere' }, 404, 'not-found'],
  ['405', { method: 'DELETE', url: '/api/v1/agents' }, 405, 'method-not-allowed'],
  [
    '405 whatever the body',
    { method: 'PUT', url: '/health', payload: '{', headers: json() },
    405,
    'method-not-allowed',
  ],
  ['413', login(`{"username":"${'x'.repeat(64 * 1024)}"}`), 413, 'too-large'],
  ['415', { ...login('username=x'), headers: { 'content-type': 'text/plain' } }, 415, 'unsupported-media-type'],
  ['malformed JSON', login('{"username":'), 400, 'malformed-request'],
  ['a poisoned prototype', login('{"__proto__":{"a":1},"username":"x","password":"y"}'), 400, 'malformed-request'],
  ['a bad escape in the path', { url: '/api/v1/evaluations/%ff' }, 400, 'malformed-request'],
  ['a missing field', login('{"username":"x"}'), 400, 'invalid-request'],
  ['an unknown field', login('{"username":"x","password":"y","admin":true}'), 400, 'invalid-request'],
  ['PostgreSQL away', login('{"username":"x","password":"y"}'), 503, 'unavailable'],
  ['not ready', { url: '/health/ready' }, 503, 'unavailable'],
] as const)('%s is told as problem details', async (_name, request, status, code) => {
  const response = await api.server.inject(request);
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.json()).toMatchObject({
    type: `urn:tars:problem:${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.stringMatching(/^urn:uuid:/),
    code,
  });
  if (status === 503) expect(response.headers['retry-after']).toBe('2');
  if (status === 405) expect(response.headers.allow).toBe('GET, HEAD');
});

function json() {
  return { 'content-type': 'application/json' };
}

function login(payload: string) {
  return { method: 'POST', url: '/api/v1/auth/login', headers: json(), payload } as const;
}

test('an unknown field is named', async () => {
  const response = await api.server.inject(login('{"username":"x","password":"y","admin":true}'));
  expect(response.json()).toMatchObject({
    detail: 'body/admin is not a known field',
    errors: [{ in: 'body', field: '/admin', message: 'is not a known field' }],
  });
});

test('what nobody foresaw is a 500 that tells nothing, and the log everything', async () => {
  const broken = await buildDashboardApi({
    release: releases['v1.0.1'],
    // No server can be brought to this: a bug in the query itself.
    postgres: { query: () => Promise.reject(new TypeError('internal hunter3')) } as never,
    redis,
    jwtSecret,
    logger,
    metrics: new Registry(),
  });
  const response = await broken.server.inject({ url: '/api/v1/agents', headers: bearer(good) });
  expect(response.statusCode).toBe(500);
  expect(response.body).not.toContain('hunter3');
  expect(response.json()).toMatchObject({ code: 'internal-error' });
  const line = logLines.find((text) => text.includes('hunter3'));
  expect(line).toContain(response.json().instance.slice('urn:uuid:'.length));
  await broken.server.close();
});

test('health tells the release, and /metrics counts by the pattern of the route', async () => {
  expect((await api.server.inject('/health')).json()).toMatchObject({ status: 'ok', version: 'v1.0.1' });
  expect((await api.server.inject('/health/live')).statusCode).toBe(200);
  await api.server.inject({ url: '/api/v1/evaluations/3f2f6d6e-0000-4000-8000-0000000000aa', headers: bearer(good) });
  const { body } = await api.server.inject('/metrics');
  expect(body).toMatch(
    /tars_http_request_duration_seconds_count\{route="\/api\/v1\/evaluations\/:id",method="GET",status="503"\} 1/,
  );
  expect(body).toMatch(/route="unknown",method="GET",status="404"/);
});

test('/openapi.json describes every route and no refusal of a method', async () => {
  const { paths } = (await api.server.inject('/openapi.json')).json();
  expect(Object.entries<object>(paths).map(([path, methods]) => `${Object.keys(methods).sort()} ${path}`)).toEqual([
    'get /health',
    'get /health/live',
    'get /health/ready',
    'post /api/v1/auth/login',
    'get,post /api/v1/evaluations',
    'get /api/v1/evaluations/{id}',
    'get /api/v1/agents',
  ]);
});

test('no log line holds a password, a token or the secret', () => {
  expect(logLines.length).toBeGreaterThan(0);
  const log = logLines.join('');
  for (const secret of ['hunter2', jwtSecret, 'eyJ']) expect(log).not.toContain(secret);
});

test('a flood of logins from one address does not lock out another', async () => {
  const begun: (() => void)[] = [];
  const api = await buildDashboardApi({
    release: releases['v1.0.1'],
    // Answers when it is told to, so that the flood is still there when the other comes.
    postgres: { query: () => new Promise((resolve) => begun.push(() => resolve({ rows: [] }))) } as never,
    redis,
    jwtSecret,
    logger,
    metrics: new Registry(),
  });
  const attempt = (remoteAddress: string) =>
    api.server.inject({ ...login('{"username":"x","password":"y"}'), remoteAddress });
  const flood = Array.from({ length: 5 }, () => attempt('10.0.0.1'));
  const refused = await Promise.race(flood);
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1']);
  const other = attempt('10.0.0.2');
  for (let answered = 0; answered < 5; answered += 1) {
    await expect.poll(() => begun.length, { timeout: 10_000 }).toBeGreaterThan(answered);
    begun[answered]?.();
  }
  expect((await other).statusCode).toBe(401);
  await Promise.all(flood);
  await api.server.close();
});
