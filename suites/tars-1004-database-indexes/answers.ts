/** Asks the API one thing and takes the answer as it came; says what is wrong with an answer that tells of a problem. */

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Asking {
  /** @default 'GET' */
  readonly method?: string;
  /** Access token. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Longest wait for the whole answer. @default 20_000: longer than the API may take for any */
  readonly timeout_ms?: number;
}

/** Throws what `fetch` throws: TypeError where there is no answer, TimeoutError. */
export async function ask(
  api: { readonly address: string },
  path: string,
  { method = 'GET', token, headers = {}, body, timeout_ms = 20_000 }: Asking = {},
): Promise<Answer> {
  const response = await fetch(new URL(path, api.address), {
    method,
    headers: {
      ...headers,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeout_ms),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The same; where there is no answer, the status is 0 and the text says why. */
export async function askAnyway(...asked: Parameters<typeof ask>): Promise<Answer> {
  try {
    return await ask(...asked);
  } catch (error) {
    return { status: 0, headers: new Headers(), text: String(error) };
  }
}

/** What of the inside of a service no client may see: a stack, a file of ours, a statement, a value of the driver. */
const INTERNALS = /node_modules|\.ts:\d+|\bat \w+ \(|SELECT |INSERT |SQLSTATE|ECONN|pg_/;

/**
 * What is wrong with an answer that should be RFC 9457 problem details of this status; `undefined` when nothing is.
 * @param status one of them @default any of the 4xx band
 */
export function wrongWithProblem({ status, headers, text }: Answer, expected?: readonly number[]): string | undefined {
  const isExpected = expected?.includes(status) ?? (status >= 400 && status < 500);
  if (!isExpected) return `status ${status}: ${text.slice(0, 200)}`;
  const type = headers.get('content-type');
  if (!type?.startsWith('application/problem+json')) return `${status} with content type ${type}`;
  const problem = parsed(text);
  if (problem?.status !== status || !problem.title || !problem.code || !problem.instance)
    return `${status} without code, title or instance: ${text.slice(0, 200)}`;
  return INTERNALS.test(text) ? `${status} that tells of the inside: ${text.slice(0, 200)}` : undefined;
}

/** The same for "cannot serve now" (RFC 9110, section 15.6.4): it says when to ask again. */
export function wrongWithRefusal(answer: Answer): string | undefined {
  const wrong = wrongWithProblem(answer, [503]);
  if (wrong !== undefined) return wrong;
  const retryAfter = answer.headers.get('retry-after');
  return /^[1-9]\d{0,3}$/.test(retryAfter ?? '') ? undefined : `503 with Retry-After ${retryAfter}`;
}

interface ProblemBody {
  readonly status?: unknown;
  readonly title?: unknown;
  readonly code?: unknown;
  readonly instance?: unknown;
}

function parsed(text: string): ProblemBody | undefined {
  try {
    return JSON.parse(text) as ProblemBody;
  } catch {
    return undefined;
  }
}
