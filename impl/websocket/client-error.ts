/** What the client's `error` event carries, and what its calls throw. */

/**
 * `connection-lost`: the client comes back, unless reconnection is turned off. `connection-refused`: it is closed.
 * `bad-option` and `too-many-channels` are thrown, not told. The others leave the connection as it is.
 */
export type EventClientErrorCode =
  | 'connection-lost'
  | 'connection-refused'
  | 'server-error'
  | 'handler-failed'
  | 'token-not-renewed'
  | 'bad-option'
  | 'too-many-channels'
  | 'send-queue-full';

export class EventClientError extends Error {
  override readonly name = 'EventClientError';
  readonly code: EventClientErrorCode;

  constructor(code: EventClientErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
