/** A service's log: JSON lines on standard output, with nothing secret in them. */
import { type DestinationStream, type Logger, pino } from 'pino';

/** Drivers hang commands with their arguments, and addresses with passwords, on their errors: only this may be logged. */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    // Node joins the failures of several addresses (::1, 127.0.0.1) in an error without a message.
    message: error.message || (error instanceof AggregateError ? error.errors.map(String).join('; ') : ''),
    stack: error.stack,
  };
}

/** @param destination where the lines go; standard output by default, written synchronously so that none is lost */
export function createLogger(
  service: string,
  release: string,
  level: string,
  destination: DestinationStream = pino.destination({ dest: 1, sync: true }),
): Logger {
  return pino({ level, base: { service, release, pid: process.pid }, serializers: { err: describe } }, destination);
}
