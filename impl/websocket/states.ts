/** The client's states, as data: what each trigger leads to. A trigger that a state does not list changes nothing. */
import type { ConnectionState } from '../release-parts.ts';

/**
 * An attempt or connection ended. `lost`: it is tried again; `dropped`: it might be, but reconnection is turned off;
 * `refused`: it may not.
 */
export type Trigger = 'connect' | 'acknowledged' | 'lost' | 'dropped' | 'refused' | 'close';

const ended = { lost: 'reconnecting', dropped: 'disconnected', refused: 'closed', close: 'closed' } as const;

const TRANSITIONS: Readonly<Record<ConnectionState, Partial<Record<Trigger, ConnectionState>>>> = {
  disconnected: { connect: 'connecting', close: 'closed' },
  connecting: { acknowledged: 'connected', ...ended },
  connected: ended,
  reconnecting: { acknowledged: 'connected', ...ended },
  closed: {},
};

export function next(state: ConnectionState, trigger: Trigger): ConnectionState | undefined {
  return TRANSITIONS[state][trigger];
}
