/** The client's states, as data: what each trigger leads to. A trigger that a state does not list changes nothing. */
import type { ConnectionState } from '../release-parts.ts';

/** `lost`: an attempt or connection ended that may be tried again; `refused`: one that may not. */
export type Trigger = 'connect' | 'acknowledged' | 'lost' | 'refused' | 'close';

const TRANSITIONS: Readonly<Record<ConnectionState, Partial<Record<Trigger, ConnectionState>>>> = {
  disconnected: { connect: 'connecting', close: 'closed' },
  connecting: { acknowledged: 'connected', lost: 'reconnecting', refused: 'closed', close: 'closed' },
  connected: { lost: 'reconnecting', refused: 'closed', close: 'closed' },
  reconnecting: { acknowledged: 'connected', lost: 'reconnecting', refused: 'closed', close: 'closed' },
  closed: {},
};

export function next(state: ConnectionState, trigger: Trigger): ConnectionState | undefined {
  return TRANSITIONS[state][trigger];
}
