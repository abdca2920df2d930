/** A load as plain data: what is sent, how often, for how long, and who listens. It is handed to the generator processes. */
import type { Arrivals } from './arrivals.ts';

export interface LoadPlan {
  /** `http://host:port` */
  readonly origin: string;
  readonly request: RequestTemplate;
  readonly arrivals: Arrivals;
  /** How long it is measured. */
  readonly duration_ms: number;
  /** How long the same load goes before that, to let every process warm up. It is not tallied. @default 0 */
  readonly warmUp_ms?: number;
  /** From the moment a request is due to its answer and, with listeners, to the last arrival. */
  readonly timeout_ms: number;
  /** Connections that each process may hold open. */
  readonly connections: number;
  /** Generator processes that share the load. @default 1 */
  readonly processes?: number;
  readonly listeners?: ListenersPlan;
  readonly seed: number;
  /** How late 1 % of the requests may be sent by the generator's own fault before the measurement is void. @default 10 */
  readonly lag_ms_max?: number;
}

/**
 * In `path` and `body`, `{id}` stands for a UUID of the request's own, `{number}` for a whole number below 2^32, and
 * `{choice}` for one of `choices`.
 */
export interface RequestTemplate {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Each request draws one, all being as likely: what is asked for more often stands here more often. @default none */
  readonly choices?: readonly string[];
  /** Every other status is a failure. */
  readonly status: number;
}

/** WebSocket clients that hear of each request. */
export interface ListenersPlan {
  /** `ws://host:port/path` */
  readonly url: string;
  /** How many each process holds. */
  readonly count: number;
  /** Sent on opening, in order. */
  readonly hello: readonly string[];
  /** A listener whose message matches this regular expression is ready. */
  readonly ready: string;
  /** A message that matches tells of the request whose `{id}` is group 1. */
  readonly arrival: string;
}

/**
 * `GENERATOR_LATE`: by its own fault it sent too late, so what was measured says nothing of the server.
 * `LISTENERS_NOT_READY`: nothing was measured. `WRONG_PLAN`: the plan makes no sense. `MISCOUNTED`: a tool's own figures
 * contradict each other, so that none of them is believed. `NO_DATA`: it measured nothing.
 */
export class LoadError extends Error {
  readonly code: 'GENERATOR_LATE' | 'LISTENERS_NOT_READY' | 'WRONG_PLAN' | 'MISCOUNTED' | 'NO_DATA';
  override readonly name = 'LoadError';

  constructor(code: LoadError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Plans go to processes in a variable of their environment, of which Linux takes 128 KiB (`MAX_ARG_STRLEN`). */
const PLAN_BYTES_MAX = 120_000;

/** @throws LoadError `WRONG_PLAN` */
export function checkPlan(plan: LoadPlan): void {
  const wrong = [
    ...positive('arrivals.rate_per_s', plan.arrivals.rate_per_s),
    ...positive('duration_ms', plan.duration_ms),
    ...positive('timeout_ms', plan.timeout_ms),
    ...positive('connections', plan.connections),
    ...positive('processes', plan.processes ?? 1),
    ...positive('listeners.count', plan.listeners?.count ?? 1),
    ...(plan.timeout_ms > 60_000 ? [`timeout_ms is ${plan.timeout_ms}; at most 60000 can be told in a histogram`] : []),
    ...(plan.listeners !== undefined && !`${plan.request.path}${plan.request.body ?? ''}`.includes('{id}')
      ? ['there are listeners, but no {id} in the request by which they could tell what they hear']
      : []),
    ...wrongRequest(plan.request),
  ];
  if (wrong.length > 0) throw new LoadError('WRONG_PLAN', wrong.join('; '));
}

/** A sentence for what cannot be sent: a choice between nothing, more choices than a process can be handed. */
export function wrongRequest(request: RequestTemplate): string[] {
  const { path, body = '', choices = [] } = request;
  const bytes = Buffer.byteLength(JSON.stringify(request));
  return [
    ...(`${path}${body}`.includes('{choice}') !== choices.length > 0
      ? [`there are ${choices.length} choices; {choice} in the request and choices to draw it from belong together`]
      : []),
    ...(bytes > PLAN_BYTES_MAX
      ? [`the request is ${bytes} bytes long; at most ${PLAN_BYTES_MAX} can be handed over, draw fewer choices`]
      : []),
  ];
}

/** A sentence when `value` is no finite number above 0. */
export function positive(name: string, value: number): string[] {
  return value > 0 && Number.isFinite(value) ? [] : [`${name} is ${value}; a number above 0 was expected`];
}
