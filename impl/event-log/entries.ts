/** From an entry of a Redis stream to an event of the log. */
import type { LogEvent } from './event-log.ts';

/** Takes an entry as Redis sends it, `[id, [field, value, …]]`; an entry that the log did not write gets epoch ''. */
export function toLogEvent(channel: string, [id, fields]: readonly [string, readonly string[]]): LogEvent {
  const whole = fields[0] === 'epoch' && fields[2] === 'payload' && id.endsWith('-0');
  const offset = Number.parseInt(id, 10);
  return { channel, offset, epoch: whole ? (fields[1] ?? '') : '', payload: whole ? (fields[3] ?? 'null') : 'null' };
}
