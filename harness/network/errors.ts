/** What the fault proxy refuses to do, as one class with a code. */

export type FaultProxyErrorCode =
  /** A fault or schedule does not have the form that `fault.ts` or `schedule.ts` declares. */
  | 'fault-invalid'
  /** The target is not on this machine. */
  | 'target-not-loopback'
  /** The port could not be listened on. */
  | 'cannot-listen'
  /** The proxy was used after `close()`. */
  | 'proxy-closed'
  /** A wait inside the proxy passed its deadline. */
  | 'deadline-passed';

export class FaultProxyError extends Error {
  override readonly name = 'FaultProxyError';
  readonly code: FaultProxyErrorCode;

  constructor(code: FaultProxyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
