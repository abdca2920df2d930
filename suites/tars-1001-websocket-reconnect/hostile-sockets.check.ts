/** Sockets that ask for too much, come from elsewhere or dribble: each is answered clearly, and leaves nothing behind. */
import { login } from '../../fixtures/api-client.ts';
import { socketUrl } from '../../fixtures/audience.ts';
import { RawSocket } from '../../fixtures/raw-socket.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import { trickleTo } from '../../fixtures/trickling-link.ts';
import { upgradeStatus } from '../../fixtures/upgrade.ts';
import { check } from '../../harness/checks/check.ts';
import { waitUntil } from '../../harness/processes/wait.ts';

const SUBSCRIPTIONS = 10_000;
/** Sent before the answers to them are read: fewer answers than the server lets wait for one client. */
const AT_ONCE = 500;
/** The documented most of one connection (`impl/websocket/limits.ts`). */
const MAY_HAVE = 100;

const authenticate = (token: string) => JSON.stringify({ type: 'authenticate', token });
const subscribe = (channel: string) => JSON.stringify({ type: 'subscribe', channel });

check(
  'tars-1001/hostile-sockets',
  {
    lane: 'functional',
    stack: dashboard,
    facts: [
      'a page of another origin is refused with 403, and one of the API itself is let in',
      'of 10,000 subscriptions on one socket 100 are made and each other is refused by name',
      'the socket that asked for 10,000 is still served, and leaves no subscription behind',
      'frames that arrive a byte at a time are answered as whole ones are',
    ],
    timeout_ms: 120_000,
  },
  async ({ stack, fact, signal }) => {
    const { address } = stack.api;
    const url = socketUrl(address);
    const token = await login(stack, 'viewer');

    const foreign = await Promise.all(
      ['https://evil.example', `${address}.evil.example`, 'null'].map((origin) => upgradeStatus(address, origin)),
    );
    const own = await upgradeStatus(address, address.replace(/\/$/, ''));
    fact(
      'a page of another origin is refused with 403, and one of the API itself is let in',
      foreign.every((status) => status === 403) && own === 101,
      `others ${foreign.join(', ')}; own ${own}`,
    );

    const before = await subscriptions(address, signal);
    const greedy = await RawSocket.open(url);
    await greedy.ask(authenticate(token));
    for (let sent = 0; sent < SUBSCRIPTIONS; sent += AT_ONCE) {
      for (let n = sent; n < sent + AT_ONCE; n += 1) greedy.send(subscribe(`agents/greedy-${n}`));
      await greedy.answers(1 + sent + AT_ONCE);
    }
    const [, ...answers] = greedy.frames;
    const made = answers.filter(({ type }) => type === 'subscribed').length;
    const named = new Set(answers.filter(({ code }) => code === 'too-many-subscriptions').map(({ channel }) => channel))
      .size;
    fact(
      'of 10,000 subscriptions on one socket 100 are made and each other is refused by name',
      made === MAY_HAVE && named === SUBSCRIPTIONS - MAY_HAVE,
      `${made} made, ${named} refused, ${answers.length} answers`,
    );
    const pong = await greedy.ask('{"type":"ping","id":1}');
    greedy.end();
    await greedy.closed();
    let left = Number.NaN;
    const isGone = async () => {
      left = (await subscriptions(address, signal)) - before;
      return left === 0;
    };
    // The server may hear of the end a little later than we. Of v1.0.0 no figure will come.
    await waitUntil('the subscriptions to be gone', isGone, { timeout_ms: 5_000, signal }).catch(() =>
      signal.throwIfAborted(),
    );
    fact(
      'the socket that asked for 10,000 is still served, and leaves no subscription behind',
      pong.type === 'pong' && left === 0,
      `${pong.type}; ${left} left`,
    );

    await using link = await trickleTo(address);
    const slow = await RawSocket.open(socketUrl(link.url));
    const heard = [];
    for (const frame of [authenticate(token), subscribe('evaluations'), subscribe('secrets'), '{"type":"ping","id":2}'])
      heard.push(await slow.ask(frame));
    slow.end();
    const told = heard.map(({ type, code }) => code ?? type).join(' ');
    fact(
      'frames that arrive a byte at a time are answered as whole ones are',
      told === 'authenticated subscribed unknown-channel pong',
      told,
    );
  },
);

/** How many subscriptions the server holds, by its own metric; v1.0.0 has none. */
async function subscriptions(address: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(new URL('/metrics', address), {
    signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
  });
  return Number(/^tars_websocket_subscriptions (\d+)/m.exec(await response.text())?.[1] ?? Number.NaN);
}
