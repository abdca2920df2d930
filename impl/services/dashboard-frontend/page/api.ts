/** The dashboard API as the page uses it: four requests, each with a deadline. */
import { type Evaluation, evaluationOf } from './evaluations.ts';

/** Longest wait for one answer. */
const ANSWER_MS = 10_000;

/** The API answered with an error, and said why. An answer that does not come is what `fetch` throws. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @returns the access token @throws ApiError */
export async function logIn(username: string, password: string): Promise<string> {
  const answer = await ask('/api/v1/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  return (answer as { accessToken: string }).accessToken;
}

/** @returns a newer token for one that is still good @throws ApiError */
export async function renew(token: string, signal: AbortSignal): Promise<string> {
  const answer = await ask('/api/v1/auth/renew', { method: 'POST', ...bearing(token, signal) });
  return (answer as { accessToken: string }).accessToken;
}

/** @throws ApiError */
export async function agentIds(token: string, signal: AbortSignal): Promise<string[]> {
  const { agents } = (await ask('/api/v1/agents', bearing(token, signal))) as { agents: { id: string }[] };
  return agents.map(({ id }) => id);
}

/** @throws ApiError */
export async function evaluationsOf(agentId: string, token: string, signal: AbortSignal): Promise<Evaluation[]> {
  const path = `/api/v1/evaluations?agent_id=${encodeURIComponent(agentId)}`;
  const { evaluations } = (await ask(path, bearing(token, signal))) as { evaluations: unknown[] };
  return evaluations.flatMap((one) => evaluationOf(one) ?? []);
}

function bearing(token: string, signal: AbortSignal): RequestInit {
  return { headers: { authorization: `Bearer ${token}` }, signal };
}

async function ask(path: string, request: RequestInit): Promise<unknown> {
  const deadline = AbortSignal.timeout(ANSWER_MS);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  const response = await fetch(path, { ...request, signal });
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(response.status, problem.code ?? 'unknown', problem.detail ?? `status ${response.status}`);
}
