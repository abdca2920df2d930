/** The parts of the dashboard's page in which releases differ, as interfaces: `releases.ts` chooses, the page's build takes. */
import type { ReactNode } from 'react';
import type { ConnectionState, DashboardEvent, EventClientOptions } from './release-parts.ts';

export interface UseWebSocketOptions extends Pick<EventClientOptions, 'token' | 'WebSocket' | 'timings' | 'random'> {
  /** `ws://host:port/ws`. Another URL is another connection. */
  readonly url: string;
  /** Channels to hear of. Which they are counts, not the array. */
  readonly channels: readonly string[];
  /** Each event, in the order of its channel. */
  readonly onEvent: (event: DashboardEvent) => void;
  /** A channel is confirmed: what is loaded from now on leaves no hole before its events. */
  readonly onSubscribed?: (channel: string) => void;
  /** Events of a channel were lost for good: what is shown must be loaded anew. */
  readonly onGap?: (channel: string) => void;
  readonly onError?: (error: Error) => void;
}

export interface ConnectionStatusProps {
  readonly state: ConnectionState;
  /** Events were lost and what is shown is being loaded anew. @default false */
  readonly isReloading?: boolean;
}

/** What the module `release:websocket` gives the page. */
export interface WebSocketPageParts {
  /**
   * A connection for as long as the component is mounted; it and all its timers end when it is unmounted. The functions
   * of the latest rendering are called. `token`, `WebSocket`, `timings` and `random` are those of the first.
   */
  useWebSocket(options: UseWebSocketOptions): ConnectionState;
  /** Tells whether the page is live. v1.0.0 has none and shows nothing. */
  ConnectionStatus(props: ConnectionStatusProps): ReactNode;
}
