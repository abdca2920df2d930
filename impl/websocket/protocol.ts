/** The server's edge: turns what a client sent into a frame, or into the error frame that answers it. */
import { z } from 'zod';
import type { LogEvent } from '../event-log/event-log.ts';
import type { ClientFrame, ErrorCode, ErrorFrame } from './frames.ts';

const channel = z.string().regex(/^(evaluations|agents\/[A-Za-z0-9][A-Za-z0-9._-]{0,63})$/);
const since = z.object({ epoch: z.string().min(1).max(64), offset: z.int().min(0) });

const schemas = {
  authenticate: z.object({ type: z.literal('authenticate'), token: z.string().min(1).max(8_192) }),
  subscribe: z.object({ type: z.literal('subscribe'), channel, since: since.optional(), id: z.int().optional() }),
  unsubscribe: z.object({ type: z.literal('unsubscribe'), channel }),
  ping: z.object({ type: z.literal('ping'), id: z.union([z.int(), z.string().max(64)]) }),
};

export function isFrame(parsed: ClientFrame | ErrorFrame): parsed is ClientFrame {
  return parsed.type !== 'error';
}

/** Unknown fields are ignored, so that a newer client can talk to an older server. */
export function parseClientFrame(text: string): ClientFrame | ErrorFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return errorFrame('bad-json', 'expected a JSON text frame');
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(schemas, type)) {
    return errorFrame('unknown-type', `expected "type" to be one of ${Object.keys(schemas).join(', ')}`);
  }
  const parsed = schemas[type as keyof typeof schemas].safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  if (field === 'channel') return errorFrame('unknown-channel', 'expected "evaluations" or "agents/<agent id>"');
  return errorFrame('bad-frame', `${type}: field "${field}": ${issue?.message ?? 'invalid'}`);
}

/** With the channel that was not subscribed to, if that is what the error says. */
export function errorFrame(code: ErrorCode, message: string, channel?: string): ErrorFrame {
  return { type: 'error', code, message, ...(channel !== undefined && { channel }) };
}

const eventTexts = new WeakMap<LogEvent, string>();

/** The text of an event's frame, made once for all connections that it goes to. The payload is JSON already. */
export function eventText(event: LogEvent): string {
  const known = eventTexts.get(event);
  if (known !== undefined) return known;
  const head = `{"type":"event","channel":${JSON.stringify(event.channel)},"offset":${event.offset}`;
  const text = `${head},"payload":${event.payload}}`;
  eventTexts.set(event, text);
  return text;
}
