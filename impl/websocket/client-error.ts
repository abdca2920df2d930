/** What the client's `error` event carries. */

/** `connection-lost`: the client comes back. `connection-refused`: it is closed. The others leave the connection as it is. */
export type EventClientErrorCode = 'connection-lost' | 'connection-refused' | 'server-error' | 'handler-failed';

export class EventClientError extends Error {
  override readonly name = 'EventClientError';
  readonly code: EventClientErrorCode;

  constructor(code: EventClientErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
