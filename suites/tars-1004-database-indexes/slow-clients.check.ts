/** Clients whose requests come a byte at a time ("slow loris"): they are told so and let go, and nobody waits for them. */
import { setTimeout as delay } from 'node:timers/promises';
import { login } from '../../fixtures/api-client.ts';
import { exchange } from '../../fixtures/raw-http.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import { check } from '../../harness/checks/check.ts';
import { askAnyway, wrongWithProblem } from './answers.ts';

const SLOW = 100;
const SLOW_HEADERS = 'headers that come a byte at a time are 408 within 10 s';
const SLOW_BODY = 'a body that comes a byte at a time is 408 within 15 s';
const OTHERS = 'others are served meanwhile';

check(
  'tars-1004/slow-clients',
  {
    lane: 'waiting',
    stack: dashboard,
    arms: ['candidate'],
    facts: [SLOW_HEADERS, SLOW_BODY, OTHERS],
    from: 'standard',
  },
  async ({ stack, fact, signal }) => {
    const token = await login(stack, 'operator');
    const { address } = stack.api;
    let trickling = true;
    async function* trickle(beginning: string): AsyncGenerator<string> {
      yield beginning;
      while (trickling) {
        await delay(200, undefined, { signal });
        yield 'x';
      }
    }
    const headers = 'GET /api/v1/agents HTTP/1.1\r\nhost: x\r\nx-slow: ';
    const body = `POST /api/v1/evaluations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 10000\r\n\r\n{`;
    const all = (count: number, beginning: string, timeout_ms: number) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          try {
            return wrongWithProblem(await exchange({ address, pieces: trickle(beginning), timeout_ms }), [408]);
          } catch (error) {
            return String(error);
          }
        }),
      );
    const slow = Promise.all([all(SLOW, headers, 10_000), all(SLOW, body, 15_000)]);
    const others = [];
    for (let n = 0; n < 20; n += 1) {
      others.push((await askAnyway(stack.api, '/api/v1/agents', { token, timeout_ms: 5_000 })).status);
      await delay(100, undefined, { signal });
    }
    fact(
      OTHERS,
      others.every((status) => status === 200),
      others.join(' '),
    );
    const [ofHeaders, ofBody] = await slow;
    trickling = false;
    for (const [name, wrong] of [
      [SLOW_HEADERS, ofHeaders],
      [SLOW_BODY, ofBody],
    ] as const) {
      const faults = wrong.filter((one) => one !== undefined);
      fact(name, faults.length === 0, `${faults.length} of ${SLOW} otherwise: ${faults[0] ?? 'none'}`);
    }
  },
);
