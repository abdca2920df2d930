/** Every error of the API as RFC 9457 problem details, `application/problem+json`. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

export const problemMediaType = 'application/problem+json';

/** Status and title of each kind of problem; its code is the kind's name and stands in its `type` as well. */
const kinds = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A valid access token is needed' },
  'wrong-credentials': { status: 401, title: 'User name or password is wrong' },
  forbidden: { status: 403, title: 'The role does not permit this' },
  'not-found': { status: 404, title: 'There is no such resource' },
  'method-not-allowed': { status: 405, title: 'The resource does not know this method' },
  'too-many-keys': { status: 409, title: 'As many API keys are in use as a user may have' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The header fields are too large' },
  'internal-error': { status: 500, title: 'The service failed' },
  unavailable: { status: 503, title: 'The service cannot serve at the moment' },
  'queue-full': { status: 503, title: 'Too many jobs are waiting' },
} as const;

export type ProblemKind = keyof typeof kinds;

/** One fault of a request that is not valid. */
export interface FieldFault {
  readonly in: string;
  readonly field: string;
  readonly message: string;
}

interface ProblemOptions {
  readonly errors?: readonly FieldFault[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Members beside the standard ones. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An error that the client is told about; `detail` must hold nothing internal. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemKind;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #options: ProblemOptions;

  constructor(code: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.status = kinds[code].status;
    this.headers = options.headers ?? {};
    this.#options = options;
  }

  /** The body; `instance` identifies this one occurrence, in the log as well. */
  toBody(instance: string): string {
    return JSON.stringify({
      type: `urn:tars:problem:${this.code}`,
      title: kinds[this.code].title,
      status: this.status,
      detail: this.message,
      instance,
      code: this.code,
      errors: this.#options.errors,
      ...this.#options.members,
    });
  }
}

/** The service cannot serve at the moment, and when to ask again. */
export function unavailable(detail: string, options: ProblemOptions = {}): Problem {
  return new Problem('unavailable', detail, { ...options, headers: { 'retry-after': '2' } });
}

/** Awaits what a dependency is asked for; its absence becomes a 503, anything else stays what it is. */
export async function askOf<T>(name: string, isAway: (error: unknown) => boolean, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw isAway(cause) ? unavailable(`${name} does not answer`, { cause }) : cause;
  }
}

const kindOfStatus: Record<number, ProblemKind> = {
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  413: 'too-large',
  415: 'unsupported-media-type',
  431: 'headers-too-large',
  503: 'unavailable',
};

function faultsOf(error: FastifyError): FieldFault[] {
  return (error.validation ?? []).map(({ instancePath, keyword, params, message = 'is not valid' }) => {
    const unknown = keyword === 'additionalProperties' ? String(params.additionalProperty) : undefined;
    const missing = keyword === 'required' ? String(params.missingProperty) : undefined;
    const name = unknown ?? missing;
    return {
      in: error.validationContext ?? 'request',
      field: `${instancePath}${name === undefined ? '' : `/${name.slice(0, 100)}`}`,
      message: unknown !== undefined ? 'is not a known field' : missing !== undefined ? 'is missing' : message,
    };
  });
}

/** What the client is told of an error: Fastify's own of the 4xx band in its words, the unforeseen in none. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const failure = error as Partial<FastifyError>;
  if (failure.validation) {
    const errors = faultsOf(error as FastifyError);
    const detail = errors.map((fault) => `${fault.in}${fault.field} ${fault.message}`).join('; ');
    return new Problem('invalid-request', detail, { errors });
  }
  const status = failure.statusCode ?? 500;
  const kind = kindOfStatus[status] ?? (status >= 400 && status < 500 ? 'malformed-request' : 'internal-error');
  if (kind === 'internal-error') return new Problem(kind, 'the failure is in the log', { cause: error });
  if (kind === 'unavailable') return unavailable('the service is overloaded or finishing', { cause: error });
  return new Problem(kind, failure.message ?? kinds[kind].title, { cause: error });
}

/** Answers a request with the problem that an error is; what is the service's own fault is logged in full. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.status === 500) request.log.error({ err: error }, 'a request failed');
  else if (problem.status > 500) request.log.warn({ err: problem.cause ?? problem }, 'a request could not be served');
  return reply
    .code(problem.status)
    .headers({ ...problem.headers, 'content-type': problemMediaType })
    .send(problem.toBody(`urn:uuid:${request.id}`));
}

/** For how long after its answer a connection stays, so that what the client still sends does not take the answer away. */
const linger_ms = 1_000;

/**
 * Answers what is not even HTTP, or came too slowly, on the bare socket.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-9.6 closed at once with data unread, the answer would be lost
 */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  // Answered already; this is more of the same.
  if (socket.writableEnded && !socket.destroyed) return;
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const kind: ProblemKind =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? 'request-timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? 'headers-too-large'
        : 'malformed-request';
  const problem = new Problem(kind, kinds[kind].title);
  const body = problem.toBody(`urn:uuid:${crypto.randomUUID()}`);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\ncontent-type: ${problemMediaType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  const linger = setTimeout(() => socket.destroy(), linger_ms);
  socket.once('close', () => clearTimeout(linger));
}
