/** Users as plain data: each holds a WebSocket and asks for something again and again. */
import { LoadError, positive, type RequestTemplate, wrongRequest } from './load-plan.ts';

export interface UsersPlan {
  /** `http://host:port` */
  readonly origin: string;
  /** What each asks for, with `{choice}` only: everything a user does is drawn beforehand. */
  readonly request: RequestTemplate;
  readonly socket: UsersSocket;
  /** One for each user. */
  readonly tokens: readonly string[];
  /** How often each asks, the first time at a moment of its own. */
  readonly every_ms: number;
  /** How long all may take to connect. Only then, and not before, begins what is asked. */
  readonly gather_ms: number;
  /** @default 0 */
  readonly warmUp_ms?: number;
  /** How long it is measured. */
  readonly duration_ms: number;
  /** From the moment a request is due to its answer. */
  readonly timeout_ms: number;
  /** How late 1 % of the requests may be sent by the generator's own fault before the measurement is void. @default 10 */
  readonly lag_ms_max?: number;
}

export interface UsersSocket {
  /** `ws://host:port/path` */
  readonly url: string;
  /** Sent on opening, in order; `{token}` stands for the user's. */
  readonly hello: readonly string[];
  /** A user to whom so many messages came that match this regular expression is ready. */
  readonly ready: { readonly pattern: string; readonly times: number };
  /** What it says in between. @default nothing */
  readonly keepAlive?: { readonly message: string; readonly every_ms: number };
}

/** What a user will ask: when for the first time, from the end of the gathering on, and for which choice each time. */
export interface DrawnUser {
  readonly token: string;
  readonly first_ms: number;
  readonly choices: readonly number[];
}

/** @throws LoadError `WRONG_PLAN` */
export function checkUsersPlan(plan: UsersPlan): void {
  const text = `${plan.request.path}${plan.request.body ?? ''}`;
  const wrong = [
    ...positive('tokens.length', plan.tokens.length),
    ...positive('every_ms', plan.every_ms),
    ...positive('gather_ms', plan.gather_ms),
    ...positive('duration_ms', plan.duration_ms),
    ...positive('timeout_ms', plan.timeout_ms),
    ...(plan.timeout_ms > 60_000 ? [`timeout_ms is ${plan.timeout_ms}; at most 60000 can be told in a histogram`] : []),
    ...(/\{(id|number)\}/.test(text) ? ['there is {id} or {number} in the request; users fill in {choice} alone'] : []),
    ...wrongRequest(plan.request),
  ];
  if (wrong.length > 0) throw new LoadError('WRONG_PLAN', wrong.join('; '));
}

/**
 * Draws what each user does, at a moment of its own within `every_ms`: what all do together is close to a Poisson process,
 * and the same whenever the numbers are the same.
 */
export function drawUsers(plan: UsersPlan, random: () => number): DrawnUser[] {
  const choices = plan.request.choices?.length ?? 1;
  const end_ms = (plan.warmUp_ms ?? 0) + plan.duration_ms;
  return plan.tokens.map((token) => {
    const first_ms = random() * plan.every_ms;
    const times = Math.max(0, Math.ceil((end_ms - first_ms) / plan.every_ms));
    return { token, first_ms, choices: Array.from({ length: times }, () => Math.floor(random() * choices)) };
  });
}

/** How many requests of the users are due after the warm-up. */
export function measuredRequests(plan: UsersPlan, users: readonly DrawnUser[]): number {
  const warm_ms = plan.warmUp_ms ?? 0;
  return users
    .flatMap(({ first_ms, choices }) => choices.map((_, turn) => first_ms + turn * plan.every_ms))
    .filter((due_ms) => due_ms >= warm_ms).length;
}
