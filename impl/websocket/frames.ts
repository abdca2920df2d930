/** The frames of the protocol as types; `PROTOCOL.md` says what they mean. */
import type { Position } from '../event-log/event-log.ts';

export type ClientFrame =
  | { readonly type: 'authenticate'; readonly token: string }
  | {
      readonly type: 'subscribe';
      readonly channel: string;
      readonly since?: Position | undefined;
      /** Comes back in the answer. */
      readonly id?: number | undefined;
    }
  | { readonly type: 'unsubscribe'; readonly channel: string }
  | { readonly type: 'ping'; readonly id: number | string };

export type ErrorCode =
  | 'bad-json'
  | 'unknown-type'
  | 'bad-frame'
  | 'unknown-channel'
  | 'unauthenticated'
  | 'unauthorized'
  | 'too-many-connections'
  | 'too-many-subscriptions'
  | 'unavailable';

export interface ErrorFrame {
  readonly type: 'error';
  readonly code: ErrorCode;
  readonly message: string;
  /** With `too-many-subscriptions`: the channel that is not subscribed to. v1.0.0 sends none. */
  readonly channel?: string;
}

export interface AuthenticatedFrame {
  readonly type: 'authenticated';
  /** How long the token lasts still; missing if for ever, and from v1.0.0. */
  readonly expiresIn_ms?: number;
}

/** A channel's position and whether what was asked for with `since` follows whole. v1.0.0 sends the channel alone. */
export interface SubscribedFrame extends Partial<Position> {
  readonly type: 'subscribed';
  readonly channel: string;
  readonly recovered?: boolean;
  /** Of the `subscribe` that this answers; v1.0.0 does not repeat it. */
  readonly id?: number | undefined;
}

/** v1.0.0 sends no offset. */
export interface EventFrame {
  readonly type: 'event';
  readonly channel: string;
  readonly offset?: number;
  readonly payload: unknown;
}

export type ServerFrame =
  | AuthenticatedFrame
  | SubscribedFrame
  | EventFrame
  | { readonly type: 'pong'; readonly id: number | string }
  | ErrorFrame;
