/** What connections may cost the server: one, those of a user, and all of them. */
export interface EventServerLimits {
  /** Open connections of a process, those without a token included; more are answered with 503. @default 20_000 */
  readonly maxConnections: number;
  /** Authenticated connections of one user to a process; the next one is closed with 1013. @default 100 */
  readonly maxConnectionsPerUser: number;
  /** Subscriptions of one user on all those connections together (`too-many-subscriptions`). @default 1_000 */
  readonly maxSubscriptionsPerUser: number;
  /** Connections that may come back in a second after a drain: over how long the clients are asked to spread. @default 1_000 */
  readonly returnsPerSecond: number;
  /** From the upgrade to a valid token. @default 10_000 */
  readonly authenticate_ms: number;
  /** Silence after which a connection is dead: longer than the clients' ping interval (equal ones flap: firezone#4348). @default 75_000 */
  readonly idle_ms: number;
  /** Silence after which a native ping is sent, for clients that send none themselves (v1.0.0). @default 45_000 */
  readonly probe_ms: number;
  /** How often silent and stalled connections are looked for. @default 5_000 */
  readonly sweep_ms: number;
  /** How long a replay waits for the client to read on. @default 30_000 */
  readonly stall_ms: number;
  /** From our close frame to the end of the connection. @default 2_000 */
  readonly closeGrace_ms: number;
  /** @default 65_536 */
  readonly maxFrame_bytes: number;
  /** What may wait to be sent to one client. @default 1_048_576 */
  readonly maxBuffered_bytes: number;
  /** @default 100 */
  readonly maxSubscriptions: number;
  /** Subscriptions begun in one go; each names a channel anew, which costs the event log an entry for a while. @default 200 */
  readonly maxNewSubscriptions: number;
  /** How long until one more may be begun. @default 300 */
  readonly newSubscription_ms: number;
  /** Error frames sent to one connection in one go; the next error closes it. @default 20 */
  readonly maxErrors: number;
  /** How long until one more error is forgiven. @default 60_000 */
  readonly error_ms: number;
}

export const DEFAULT_LIMITS: EventServerLimits = {
  maxConnections: 20_000,
  maxConnectionsPerUser: 100,
  maxSubscriptionsPerUser: 1_000,
  returnsPerSecond: 1_000,
  authenticate_ms: 10_000,
  idle_ms: 75_000,
  probe_ms: 45_000,
  sweep_ms: 5_000,
  stall_ms: 30_000,
  closeGrace_ms: 2_000,
  maxFrame_bytes: 65_536,
  maxBuffered_bytes: 1_048_576,
  maxSubscriptions: 100,
  maxNewSubscriptions: 200,
  newSubscription_ms: 300,
  maxErrors: 20,
  error_ms: 60_000,
};
