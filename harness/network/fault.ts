/** Every fault as plain data: what a schedule stores, what the proxy and a connection apply, what the log shows. */
import { z } from 'zod';
import { FaultProxyError } from './errors.ts';
import { TIMER_MS_MAX } from './timings.ts';

export const DIRECTIONS = ['client-to-server', 'server-to-client'] as const;
export const directionSchema = z.enum(DIRECTIONS);
export type Direction = z.infer<typeof directionSchema>;

const directions = z.enum([...DIRECTIONS, 'both']).default('both');
const duration_ms = z.number().nonnegative().max(TIMER_MS_MAX);

/** `fin`: an orderly end · `rst`: an abortive one, the peer sees ECONNRESET. */
const cutSchema = z.enum(['fin', 'rst']);
export type HowToCut = z.infer<typeof cutSchema>;

/** Each byte arrives no sooner than `ms` and is due no later than `ms + jitter_ms` (uniform) after it was sent; the order of bytes is kept. */
const latencySchema = z.strictObject({
  kind: z.literal('latency'),
  ms: duration_ms,
  /** Milliseconds, default 0. One draw a chunk, as the kernel hands chunks over. */
  jitter_ms: duration_ms.default(0),
  direction: directions,
});

/** Bytes leave at no more than `bytes_per_s`, without a burst: n bytes take at least n / bytes_per_s seconds. Comes before latency. */
const bandwidthSchema = z.strictObject({
  kind: z.literal('bandwidth'),
  bytes_per_s: z.number().min(1).max(1e12),
  direction: directions,
});

/**
 * Bytes vanish, those on their way too; TCP stays up, and neither FIN nor RST of the sender is passed on: the receiver is half-open.
 * After a heal the stream has a hole, which no real network makes: to pause and go on, use `stall`.
 */
const swallowSchema = z.strictObject({
  kind: z.literal('swallow'),
  direction: directions,
  /** No heal ends it on the connections it met. Default false. */
  permanent: z.boolean().default(false),
});

/** Bytes wait, up to the buffer's bound and then in the sender, until a heal: a network that was away and came back. A FIN waits too; an RST is lost. */
const stallSchema = z.strictObject({ kind: z.literal('stall'), direction: directions });

/** Ends a connection on which no byte came from either side for `ms`. `silence`: swallows for good, as a NAT that forgot the connection. */
const idleSchema = z.strictObject({
  kind: z.literal('idle'),
  ms: duration_ms.positive(),
  how: z.enum(['fin', 'rst', 'silence']),
});

/** Ends the connection, both sides, after exactly `bytes` more were delivered in `direction`; what is guaranteed stands at `Connection.apply`. */
const cutAfterSchema = z.strictObject({
  kind: z.literal('cut-after'),
  bytes: z.int().nonnegative(),
  direction: directionSchema,
  how: cutSchema,
});

/** The faults that stay until healed. */
export const STANDING_KINDS = ['latency', 'bandwidth', 'swallow', 'stall', 'idle', 'cut-after'] as const;

/** Takes standing faults away: those of the kinds in `of`, in `direction`. Default: all, both. */
const healSchema = z.strictObject({
  kind: z.literal('heal'),
  of: z.array(z.enum(STANDING_KINDS)).optional(),
  direction: directions,
});

/** Ends the connection now, both sides. What is still queued in the proxy is lost. */
const cutNowSchema = z.strictObject({ kind: z.literal('cut'), how: cutSchema });

const ofConnection = [
  latencySchema,
  bandwidthSchema,
  swallowSchema,
  stallSchema,
  idleSchema,
  cutAfterSchema,
  healSchema,
  cutNowSchema,
] as const;

/**
 * What becomes of new connections.
 * `forward`: to the target · `refuse`: the port is closed, connecting fails with ECONNREFUSED ·
 * `reset`: accepted and reset at once · `silence`: accepted, what comes is swallowed, nothing is ever sent, not even after `forward` returns.
 */
const admitSchema = z.strictObject({
  kind: z.literal('admit'),
  how: z.enum(['forward', 'refuse', 'reset', 'silence']),
});

/**
 * The target is gone, until `restore`: new connections are refused or met with silence, and `current` says what becomes of those that are open.
 * `swallow` is permanent; `stall` ends at `restore`. Default of `current`: `rst` with `refuse`, `swallow` with `silence`.
 */
const outageSchema = z.strictObject({
  kind: z.literal('outage'),
  how: z.enum(['refuse', 'silence']),
  current: z.enum(['fin', 'rst', 'swallow', 'stall', 'keep']).optional(),
});

const restoreSchema = z.strictObject({ kind: z.literal('restore') });

export const connectionFaultSchema = z.discriminatedUnion('kind', ofConnection);
export const faultSchema = z.discriminatedUnion('kind', [...ofConnection, admitSchema, outageSchema, restoreSchema]);

/** A fault of one connection, complete. */
export type ConnectionFault = z.output<typeof connectionFaultSchema>;
/** The same as written, defaults left out. */
export type ConnectionFaultInput = z.input<typeof connectionFaultSchema>;
/** A fault of the whole proxy or of one connection, complete. */
export type Fault = z.output<typeof faultSchema>;
/** The same as written, defaults left out. */
export type FaultInput = z.input<typeof faultSchema>;

export type Heal = z.output<typeof healSchema>;
export type Outage = z.output<typeof outageSchema>;
export type Admission = z.output<typeof admitSchema>['how'];
export type StandingFault = Extract<ConnectionFault, { kind: (typeof STANDING_KINDS)[number] }>;

export function isStanding(fault: Fault): fault is StandingFault {
  return (STANDING_KINDS as readonly string[]).includes(fault.kind);
}

/** The directions that a fault's `direction` names. */
export function directionsOf(direction: Direction | 'both'): readonly Direction[] {
  return direction === 'both' ? DIRECTIONS : [direction];
}

/**
 * The value, checked and with its defaults.
 * @throws {FaultProxyError} `fault-invalid`, saying what is wrong where.
 */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FaultProxyError(
    'fault-invalid',
    `expected a fault as harness/network/fault.ts declares it, got ${JSON.stringify(value)}: ${z.prettifyError(parsed.error)}`,
  );
}
