/** API keys as their users have them: issued, listed, let in, revoked. */
import { login } from '../../fixtures/api-client.ts';
import type { DashboardServices } from '../../fixtures/stacks/dashboard.ts';

type Stack = Pick<DashboardServices, 'api' | 'users' | 'release'>;

export type Ask = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  options?: { readonly body?: object; readonly key?: string; readonly token?: string },
) => Promise<{ status: number; text: string }>;

/** Asks the API by its viewer's token, unless a key or another token is given. */
export async function asking(stack: Stack): Promise<Ask> {
  const viewer = await login(stack, 'viewer');
  return async (method, path, { body, key, token = viewer } = {}) => {
    const response = await fetch(new URL(path, stack.api.address), {
      method,
      headers: {
        ...(key === undefined ? { authorization: `Bearer ${token}` } : { 'x-api-key': key }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5_000),
    });
    return { status: response.status, text: await response.text() };
  };
}

/** Issues keys, uses them, and has another user and their own revoke them: what was not as it should be, and their secrets. */
export async function tryKeys(stack: Stack, ask: Ask, times: number): Promise<{ untrue: string[]; secrets: string[] }> {
  const { release } = stack;
  const untrue: string[] = [];
  const secrets: string[] = [];
  const other = await login(stack, 'admin');
  for (let time = 1; time <= times; time += 1) {
    const issued = await ask('POST', '/api/v1/api-keys', { body: { name: `key ${time}` } });
    const { id, key } = JSON.parse(issued.text) as { id: string; key: string };
    secrets.push(key.split('_')[2] ?? '');
    const foreign = await ask('DELETE', `/api/v1/api-keys/${id}`, { token: other });
    const listed = await ask('GET', '/api/v1/api-keys', { key });
    await ask('DELETE', `/api/v1/api-keys/${id}`);
    const refused = await ask('GET', '/api/v1/api-keys', { key });
    const left = await ask('GET', '/api/v1/api-keys');
    if (foreign.status !== 404) untrue.push(`${release}: revoked by another user: ${foreign.status}`);
    if (!listed.text.includes(id))
      untrue.push(`${release}: issued, and listed: ${listed.status} ${listed.text.slice(0, 100)}`);
    if (refused.status !== 401) untrue.push(`${release}: revoked, and answered with ${refused.status}`);
    if (left.text.includes(id)) untrue.push(`${release}: revoked, and still listed`);
  }
  return { untrue, secrets };
}
