/** Bad input on the socket and on the API: each is answered with what was wrong, and nothing else suffers. */
import { login } from '../../fixtures/api-client.ts';
import { socketUrl } from '../../fixtures/audience.ts';
import { claimsOf, forgeToken } from '../../fixtures/forged-token.ts';
import { RawSocket } from '../../fixtures/raw-socket.ts';
import { type DashboardServices, dashboard } from '../../fixtures/stacks/dashboard.ts';
import { check } from '../../harness/checks/check.ts';

const authenticate = (token: string) => JSON.stringify({ type: 'authenticate', token });
const subscribe = (channel: unknown) => JSON.stringify({ type: 'subscribe', channel });

check(
  'tars-1001/bad-frames',
  {
    lane: 'functional',
    stack: dashboard,
    facts: [
      'a frame that is no JSON is answered with bad-json and the socket lives on',
      'a frame of unknown type is answered with unknown-type and the socket lives on',
      'a subscription to no channel of ours is answered with unknown-channel and the socket lives on',
      'a subscription before authentication is refused',
      'a binary frame ends the socket with 1003',
      'a frame over 64 KiB ends the socket with 1009',
      'forged, expired and unsigned tokens end the socket with 4401',
      'the same token rightly signed and still valid is accepted',
      'another viewer hears nothing of it and is served',
    ],
  },
  async ({ stack, fact }) => {
    const url = socketUrl(stack.api.address);
    const token = await login(stack, 'viewer');
    const bystander = await RawSocket.open(url);
    await bystander.ask(authenticate(token));

    const socket = await RawSocket.open(url);
    await socket.ask(authenticate(token));
    const answered = async (frame: string) => `${(await socket.ask(frame)).code} ${socket.open ? 'open' : 'closed'}`;
    const expectAnswer = async (name: Parameters<typeof fact>[0], frames: readonly string[], code: string) => {
      const answers = [];
      for (const frame of frames) answers.push(await answered(frame));
      fact(
        name,
        answers.every((answer) => answer === `${code} open`),
        answers.join(', '),
      );
    };
    await expectAnswer(
      'a frame that is no JSON is answered with bad-json and the socket lives on',
      ['{', '', 'null]', '\u0000'],
      'bad-json',
    );
    await expectAnswer(
      'a frame of unknown type is answered with unknown-type and the socket lives on',
      ['{"type":"drop-table"}', '{"type":"__proto__"}', '{}', 'null', '[]', '42', '"x"'],
      'unknown-type',
    );
    await expectAnswer(
      'a subscription to no channel of ours is answered with unknown-channel and the socket lives on',
      [
        subscribe(undefined),
        subscribe(1),
        subscribe('secrets'),
        subscribe('agents/../evaluations'),
        subscribe(`agents/${'x'.repeat(1_000)}`),
      ],
      'unknown-channel',
    );
    socket.end();

    const early = await RawSocket.open(url);
    const refusal = await early.ask(subscribe('evaluations'));
    fact(
      'a subscription before authentication is refused',
      refusal.code === 'unauthenticated',
      JSON.stringify(refusal),
    );
    early.end();

    const binary = await RawSocket.open(url);
    await binary.ask(authenticate(token));
    binary.send(new Uint8Array([1, 2, 3]));
    const binaryCode = await binary.closed();
    fact('a binary frame ends the socket with 1003', binaryCode === 1003, String(binaryCode));

    const oversized = await RawSocket.open(url);
    await oversized.ask(authenticate(token));
    oversized.send(subscribe('x'.repeat(64 * 1024)));
    const oversizedCode = await oversized.closed();
    fact('a frame over 64 KiB ends the socket with 1009', oversizedCode === 1009, String(oversizedCode));

    const codes = [];
    const claims = claimsOf(await login(stack, 'admin'));
    for (const bad of badTokens(stack, claims)) {
      const intruder = await RawSocket.open(url);
      intruder.send(authenticate(bad));
      codes.push(await intruder.closed());
    }
    fact(
      'forged, expired and unsigned tokens end the socket with 4401',
      codes.every((code) => code === 4401),
      codes.join(', '),
    );

    const honest = await RawSocket.open(url);
    const welcome = await honest.ask(authenticate(forgeToken({ secret: stack.jwtSecret, claims })));
    fact(
      'the same token rightly signed and still valid is accepted',
      welcome.type === 'authenticated',
      JSON.stringify(welcome),
    );
    honest.end();

    await bystander.ask(subscribe('evaluations'));
    const heard = bystander.heard.join(' ');
    fact('another viewer hears nothing of it and is served', heard === 'authenticated subscribed', heard);
    bystander.end();
  },
);

type Claims = Readonly<Record<string, unknown>>;

/** Real claims, each wrong in one way only: by whom it is signed, until when it holds, whether it is signed at all. */
function badTokens({ jwtSecret }: DashboardServices, claims: Claims): string[] {
  const now_s = Math.floor(Date.now() / 1_000);
  return [
    forgeToken({ secret: 'another secret than the one of this stack', claims }),
    forgeToken({ secret: jwtSecret, claims: { ...claims, iat: now_s - 1_000, exp: now_s - 60 } }),
    forgeToken({ secret: jwtSecret, alg: 'none', claims }),
    'not.a.token',
  ];
}

/** Inputs that must be answered with a 4xx problem: what was sent, and the least a reader must be told. */
const HOSTILE_BODIES: readonly (readonly [name: string, body: string])[] = [
  ['no JSON', '{"agentId":'],
  ['no object', '[]'],
  ['nothing', '{}'],
  ['SQL in the agent', JSON.stringify({ agentId: "x'; DROP TABLE evaluations; --", region: 'us-east-1', episodes: 1 })],
  ['a slash in the agent', JSON.stringify({ agentId: '../evaluations', region: 'us-east-1', episodes: 1 })],
  ['an agent of 1,000 letters', JSON.stringify({ agentId: 'x'.repeat(1_000), region: 'us-east-1', episodes: 1 })],
  ['negative episodes', JSON.stringify({ agentId: 'a', region: 'us-east-1', episodes: -1 })],
  ['a million episodes', JSON.stringify({ agentId: 'a', region: 'us-east-1', episodes: 1_000_000 })],
  ['episodes as text', JSON.stringify({ agentId: 'a', region: 'us-east-1', episodes: 'many' })],
  ['an id that is no UUID', JSON.stringify({ id: '1', agentId: 'a', region: 'us-east-1', episodes: 1 })],
  ['a field we do not know', JSON.stringify({ agentId: 'a', region: 'us-east-1', episodes: 1, isAdmin: true })],
  ['a prototype', '{"__proto__":{"role":"admin"},"agentId":"a","region":"us-east-1","episodes":1}'],
];

check(
  'tars-1001/bad-requests',
  {
    lane: 'functional',
    stack: dashboard,
    facts: [
      'a request without a token, or with a bad one, is 401',
      'a viewer who submits an evaluation is 403',
      'each hostile body is answered with a 4xx problem that names a code and no internals',
      'a body over 64 KiB is 413',
      'an unknown path is a 404 problem',
      'the API is ready after all of it',
    ],
  },
  async ({ stack, fact }) => {
    const viewer = await login(stack, 'viewer');
    const operator = await login(stack, 'operator');
    const send = (path: string, token: string | undefined, body?: string) =>
      fetch(new URL(path, stack.api.address), {
        ...(body === undefined ? {} : { method: 'POST', body }),
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.timeout(5_000),
      });
    const evaluations = '/api/v1/evaluations';
    const whole = JSON.stringify({ agentId: 'a', region: 'us-east-1', episodes: 1 });

    const unauthorised = await Promise.all(
      [undefined, '', ...badTokens(stack, claimsOf(operator))].map(
        async (token) => (await send(evaluations, token, whole)).status,
      ),
    );
    fact(
      'a request without a token, or with a bad one, is 401',
      unauthorised.every((status) => status === 401),
      unauthorised.join(', '),
    );

    const { status: forbidden } = await send(evaluations, viewer, whole);
    fact('a viewer who submits an evaluation is 403', forbidden === 403, String(forbidden));

    const answers = await Promise.all(
      HOSTILE_BODIES.map(
        async ([name, body]) => [name, await problemOf(await send(evaluations, operator, body))] as const,
      ),
    );
    const wrong = answers.filter(([, problem]) => problem !== undefined);
    fact(
      'each hostile body is answered with a 4xx problem that names a code and no internals',
      wrong.length === 0,
      wrong.map(([name, problem]) => `${name}: ${problem}`).join('; ') || `${answers.length} bodies`,
    );

    const { status: tooLarge } = await send(evaluations, operator, JSON.stringify({ agentId: 'x'.repeat(64 * 1024) }));
    fact('a body over 64 KiB is 413', tooLarge === 413, String(tooLarge));

    const unknown = await send('/api/v1/nothing', operator);
    const problem = await problemOf(unknown);
    fact(
      'an unknown path is a 404 problem',
      unknown.status === 404 && problem === undefined,
      `${unknown.status} ${problem ?? ''}`,
    );

    const ready = await send('/health/ready', undefined);
    fact('the API is ready after all of it', ready.ok, String(ready.status));
  },
);

/** What is wrong with a response that should be a 4xx problem document (RFC 9457); undefined when nothing is. */
async function problemOf(response: Response): Promise<string | undefined> {
  const text = await response.text();
  if (response.status < 400 || response.status >= 500) return `status ${response.status}: ${text.slice(0, 200)}`;
  if (!response.headers.get('content-type')?.startsWith('application/problem+json'))
    return `content type ${response.headers.get('content-type')}`;
  const { status, title, code } = JSON.parse(text) as { status?: number; title?: string; code?: string };
  if (status !== response.status || !title || !code) return `incomplete: ${text.slice(0, 200)}`;
  return /node_modules|\.ts:\d+|at \w+ \(/.test(text) ? `internals: ${text.slice(0, 200)}` : undefined;
}
