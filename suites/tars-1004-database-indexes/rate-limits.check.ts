/** How often one API key and one address may ask in a minute: the next request is refused, and told when to come back. */
import { login } from '../../fixtures/api-client.ts';
import { dashboardLimited, LIMITS } from '../../fixtures/stacks/dashboard-limited.ts';
import { check } from '../../harness/checks/check.ts';
import { type Answer, ask, wrongWithProblem } from './answers.ts';

const KEY =
  'an API key that has made its requests of a minute is refused with 429 and Retry-After, and another key is not';
const ADDRESS = 'so is an address that has made its own, whatever keys it tries';
const WATCHED = 'health and metrics are answered to it all the same';

check(
  'tars-1004/rate-limits',
  {
    lane: 'functional',
    stack: dashboardLimited,
    arms: ['candidate'],
    facts: [KEY, ADDRESS, WATCHED],
    from: 'standard',
    // Its address has no request left.
    destroysStack: true,
  },
  async ({ stack, fact }) => {
    let asked = 0;
    const send = (path: string, options: Parameters<typeof ask>[2]) => {
      asked += 1;
      return ask(stack.api, path, options);
    };
    asked += 1;
    const token = await login(stack, 'viewer');
    const issue = async () => {
      const { text } = await send('/api/v1/api-keys', { method: 'POST', token, body: { name: 'limited' } });
      return (JSON.parse(text) as { key: string }).key;
    };
    const withKey = (key: string) => send('/api/v1/agents', { headers: { 'x-api-key': key } });
    const [spent, other] = [await issue(), await issue()];

    const wrong: string[] = [];
    for (let request = 1; request <= LIMITS.perKey; request += 1) {
      const { status } = await withKey(spent);
      if (status !== 200) wrong.push(`request ${request} of a key: ${status}`);
    }
    wrong.push(...wrongWithLimit(await withKey(spent)));
    const { status } = await withKey(other);
    if (status !== 200) wrong.push(`another key: ${status}`);
    fact(KEY, wrong.length === 0, wrong.join('; '));

    const tries: string[] = [];
    while (asked < LIMITS.perAddress) {
      const { status } = await withKey(`tars_00000000_${String(asked).padStart(32, '0')}`);
      if (status !== 401) tries.push(`request ${asked} of the address: ${status}`);
    }
    tries.push(...wrongWithLimit(await withKey(`tars_00000000_${'0'.repeat(32)}`)));
    fact(ADDRESS, tries.length === 0, tries.join('; '));

    const watched = await Promise.all(['/health/ready', '/metrics'].map((path) => ask(stack.api, path)));
    fact(
      WATCHED,
      watched.every((answer) => answer.status === 200),
      watched.map((answer) => answer.status).join(', '),
    );
  },
);

function wrongWithLimit(answer: Answer): string[] {
  const retryAfter = Number(answer.headers.get('retry-after') ?? 'NaN');
  const wrong = wrongWithProblem(answer, [429]);
  if (wrong !== undefined) return [`one more: ${wrong}`];
  return retryAfter >= 1 && retryAfter <= 60 ? [] : [`Retry-After ${retryAfter}`];
}
