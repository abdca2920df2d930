/** What nobody may ask of the API: each is refused with a code and a word on what was wrong, and nothing else suffers. */
import { login } from '../../fixtures/api-client.ts';
import { exchange } from '../../fixtures/raw-http.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import { check } from '../../harness/checks/check.ts';
import { type Answer, ask, askAnyway, wrongWithProblem } from './answers.ts';
import { operationsOf } from './openapi.ts';

const UUID = '00000000-0000-4000-8000-000000000001';
const SQL = [
  "' OR '1'='1",
  '1; DROP TABLE evaluations; --',
  "') UNION SELECT id, password_hash FROM users --",
  '$1',
  'a\\',
];

/** What makes a request whole but for the parameter that is tried. */
const COMPANIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'GET /api/v1/agent-states agent_id': { region: 'us-east-1' },
  'GET /api/v1/agent-states region': { agent_id: 'agent-1' },
  'GET /api/v1/audit-logs resource_type': { resource_id: 'resource-1' },
  'GET /api/v1/audit-logs resource_id': { resource_type: 'agent' },
  'GET /api/v1/evaluations/summary agent_id': { region: 'us-east-1' },
  'GET /api/v1/evaluations/summary region': { agent_id: 'agent-1' },
  'GET /api/v1/evaluations/summary from': { agent_id: 'agent-1', region: 'us-east-1' },
  'GET /api/v1/evaluations/summary to': { agent_id: 'agent-1', region: 'us-east-1' },
  'GET /api/v1/metric-values name': { region: 'us-east-1' },
  'GET /api/v1/metric-values region': { name: 'metric_1' },
  'GET /api/v1/metric-values from': { name: 'metric_1', region: 'us-east-1' },
  'GET /api/v1/metric-values to': { name: 'metric_1', region: 'us-east-1' },
  'GET /api/v1/metric-values/summary from': { name: 'metric_1' },
  'GET /api/v1/metric-values/summary to': { name: 'metric_1' },
};

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const genuine = encoded(['1767225600000000', UUID]);

/** Values that a parameter of the history refuses. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  limit: ['-1', '0', '101', '1e3', 'NaN', 'Infinity', '9'.repeat(30), '0x10', '1.5', '', ' 10', '١٠'],
  offset: ['-1', '10001', 'NaN', '1e3', '9'.repeat(30)],
  cursor: [
    'x',
    '..',
    genuine.slice(1),
    genuine.slice(0, -4),
    'A'.repeat(129),
    encoded({ createdAt_us: '1', id: UUID }),
    encoded([1, UUID]),
    encoded(['9'.repeat(20), UUID]),
    encoded(['-1', UUID]),
    encoded(['1', "' OR '1'='1"]),
  ],
  from: ['2026-02-30T00:00:00Z', '10000-01-01T00:00:00Z', '-0001-01-01T00:00:00Z', 'yesterday', '1e9', '2026-01-01'],
  to: ['2026-13-01T00:00:00Z', '2026-01-01T25:00:00Z', 'NaN'],
};

/** What is not of this world, and the bounds of what may be asked for: nothing is found, and nothing is refused. */
const EMPTY = [
  'region=atlantis-1',
  'from=9999-12-31T23:59:59Z',
  'to=0000-01-01T00:00:00Z',
  `cursor=${encoded(['0', UUID])}`,
  'from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00.001Z',
  'limit=1',
  'limit=100',
  'offset=10000',
];
const HEADER_BYTES = 1024 * 1024;
/** Several times what a server reads before it refuses, and little enough for the second that it keeps reading after that. */
const UNREAD_BYTES = 256 * 1024;
/** Closing a connection too early loses the answer now and then only. */
const LARGE_AT_ONCE = 50;

const INJECTED = 'SQL in any parameter of any operation is refused by the name of the parameter';
const LIMITS = 'limits, offsets, cursors and moments that cannot be are refused by their names';
const NOTHING =
  'a region that nobody knows, moments out of range, and the bounds of limit and offset give an empty page';
const LARGE = 'headers of 1 MB are 431';
const READABLE = 'who reads only when all headers are sent can still read why they were refused';
const SOUND = 'the tables stand and the API is ready after all of it';

check(
  'tars-1004/bad-requests',
  {
    lane: 'functional',
    stack: dashboard,
    arms: ['candidate'],
    facts: [INJECTED, LIMITS, NOTHING, LARGE, READABLE, SOUND],
  },
  async ({ stack, fact }) => {
    const token = await login(stack, 'admin');
    const get = (path: string) => ask(stack.api, path, { token });
    const refusedBy = async (path: string, field: string) => {
      const wrong = wrongWithRefusalOf(await get(path), field);
      return wrong === undefined ? [] : [`${path.slice(0, 150)}: ${wrong}`];
    };

    const injections: string[] = [];
    let tried = 0;
    for (const { id, method, path, parameters } of (await operationsOf(stack.api)).values()) {
      if (method !== 'GET') continue;
      for (const { name, in: where } of parameters) {
        for (const sql of SQL) {
          tried += 1;
          const query = new URLSearchParams({
            ...COMPANIONS[`${id} ${name}`],
            ...(where === 'query' && { [name]: sql }),
          });
          const target = where === 'path' ? path.replace(`{${name}}`, encodeURIComponent(sql)) : `${path}?${query}`;
          injections.push(...(await refusedBy(target, `/${name}`)));
        }
      }
    }
    fact(INJECTED, injections.length === 0 && tried > 100, injections.join('; ') || `${tried} requests`);

    const odd: string[] = [];
    for (const [name, values] of Object.entries(REFUSED)) {
      for (const value of values) {
        odd.push(...(await refusedBy(`/api/v1/evaluations?${new URLSearchParams({ [name]: value })}`, `/${name}`)));
      }
    }
    const backwards = 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z';
    odd.push(...(await refusedBy(`/api/v1/evaluations?${backwards}`, '/to')));
    odd.push(...(await refusedBy(`/api/v1/evaluations?cursor=${genuine}&offset=1`, '/offset')));
    odd.push(...(await refusedBy('/api/v1/evaluations?limit=1&limit=2', '/limit')));
    fact(LIMITS, odd.length === 0, odd.join('; '));

    const found = await Promise.all(EMPTY.map((query) => get(`/api/v1/evaluations?${query}`)));
    const full = found.filter(({ status, text }) => status !== 200 || text !== '{"evaluations":[]}');
    fact(NOTHING, full.length === 0, full.map(({ status, text }) => `${status} ${text.slice(0, 200)}`).join('; '));

    const refusedWith = async (bytes: number, readsLast: boolean) => {
      try {
        const sent = { address: stack.api.address, pieces: largeHeaders(bytes), timeout_ms: 10_000, readsLast };
        return wrongWithProblem(await exchange(sent), [431]);
      } catch (error) {
        return String(error);
      }
    };
    const refusals = await Promise.all(Array.from({ length: LARGE_AT_ONCE }, () => refusedWith(HEADER_BYTES, false)));
    const unrefused = refusals.filter((wrong) => wrong !== undefined);
    fact(LARGE, unrefused.length === 0, `${unrefused.length} of ${LARGE_AT_ONCE} otherwise: ${unrefused[0] ?? 'none'}`);
    const unread = await refusedWith(UNREAD_BYTES, true);
    fact(READABLE, unread === undefined, unread);

    const ready = await askAnyway(stack.api, '/health/ready');
    const agents = await get('/api/v1/evaluations?agent_id=agent-1');
    fact(SOUND, ready.status === 200 && agents.status === 200, `${ready.status}, ${agents.status}`);
  },
);

function* largeHeaders(bytes: number): Generator<string> {
  yield 'GET /api/v1/agents HTTP/1.1\r\nhost: x\r\n';
  const line = `x-large: ${'x'.repeat(8_000)}\r\n`;
  for (let sent = 0; sent < bytes; sent += line.length) yield line;
  yield '\r\n';
}

/** What is wrong with an answer that should say that this field is not valid. */
function wrongWithRefusalOf(answer: Answer, field: string): string | undefined {
  const wrong = wrongWithProblem(answer, [400]);
  if (wrong !== undefined) return wrong;
  const { errors = [] } = JSON.parse(answer.text) as { errors?: { field: string }[] };
  return errors.some((one) => one.field === field) ? undefined : `${field} is not named: ${answer.text.slice(0, 200)}`;
}
