/**
 * Every close code of the protocol, and what a client does after it. The one place where that is decided.
 *
 * A client that did not close of its own will comes back, whatever the code (phoenix#3161: 1000 from the server is not
 * our wish), except after codes that would only repeat themselves. 44xx is the terminal band; all other 4xxx are retried.
 */
export const CLOSE = {
  /** Retried: the server ended the connection without a reason of its own. */
  normal: 1000,
  /** Retried: the server process ends. */
  goingAway: 1001,
  /** Terminal: a frame with a wrong bit would be sent again. */
  protocolError: 1002,
  /** Terminal: the protocol knows text frames only. */
  unsupportedData: 1003,
  /** Terminal: a frame was not UTF-8. */
  invalidPayload: 1007,
  /** Retried as a fresh session, at most `limitedRetries` times: too many frames the server could not accept. */
  policyViolation: 1008,
  /** Terminal: the frame is over the limit and would be again. */
  messageTooBig: 1009,
  /** Terminal: an extension was asked for that the server does not have. */
  mandatoryExtension: 1010,
  /** Retried, at most `limitedRetries` times: a fault of the server's that this client may be the cause of. */
  internalError: 1011,
  /** Retried: the server restarts; another one takes over. */
  serviceRestart: 1012,
  /** Retried: the server cannot serve now (`unavailable`). */
  tryAgainLater: 1013,
  /** Retried once, with a new token; terminal when that one is refused too (rapidpro#6836). */
  unauthorized: 4401,
  /** Retried: the client reads too slowly; replay covers what it missed. */
  slowConsumer: 4508,
} as const;

export type Reaction = 'retry' | 'retry-limited' | 'retry-fresh' | 'retry-new-token' | 'terminal';

const TERMINAL: readonly number[] = [1002, 1003, 1007, 1009, 1010];

/** By number, so that a page need not load `CLOSE`: 1008, 1011 and 4401. */
const SPECIAL: Readonly<Record<number, Reaction>> = {
  1008: 'retry-fresh',
  1011: 'retry-limited',
  4401: 'retry-new-token',
};

/** What a client does after a close it did not ask for. 1005 and 1006 (no code, no close frame) are retried. */
export function reactionTo(code: number): Reaction {
  const isTerminal = TERMINAL.includes(code) || (code >= 4400 && code < 4500);
  return SPECIAL[code] ?? (isTerminal ? 'terminal' : 'retry');
}

/**
 * The reason of a close after which everybody comes back: whoever reads it spreads its next attempt over so many
 * milliseconds, if its own wait is shorter.
 */
export function retryHint(reason: string, spread_ms: number): string {
  return `${reason}; retry_ms=${Math.ceil(spread_ms)}`;
}

/** 0 when a close's reason has no hint. */
export function retryHintOf(reason = ''): number {
  return Number(/retry_ms=(\d{1,6})\b/.exec(reason)?.[1] ?? 0);
}
