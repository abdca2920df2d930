/**
 * What the event log is, without Redis: the types and interfaces that its readers and writers share.
 *
 * Each channel has its own log. A log is named by its `epoch` and counts its events by `offset`, from 1, without holes.
 * Whoever holds a position can ask what came after it and learns whether that is all. Two logs of one channel never
 * share an epoch, so a log that was lost and began anew is never taken for the old one. That a log lost its end only is
 * noticed by whoever holds a later position, and by the next event at the latest; until then it passes for whole.
 */

/** A place in a channel's log: just after the event with this offset; 0 is before the first. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export interface LogEvent extends Position {
  readonly channel: string;
  /** The payload's JSON text, exactly as it was appended. */
  readonly payload: string;
}

export interface Appended extends Position {
  /** The sequence had been appended before; nothing was added and `offset` is the log's end. */
  readonly duplicate: boolean;
}

/** A page of a log, read in one atomic step. */
export interface History extends Position {
  /** `epoch` and `offset` (inherited) are the end of the log at the moment of reading. */
  readonly events: readonly LogEvent[];
  /**
   * Everything after the position asked for still exists: `events` are its first part, whole and in order, and reading
   * on from the last of them gives the rest. False without a position to start from.
   */
  readonly recovered: boolean;
}

export interface HistoryReader {
  /** The log's end, and the first events after `since`, if they can still be told without a hole. */
  history(channel: string, since?: Position): Promise<History>;
}

export interface TailListener {
  /** The next event of the channel; called in the order of the log, each offset once. */
  event(event: LogEvent): void;
  /** The log cannot be followed without a hole from where the tail stood. It has stopped following. */
  broken(reason: 'epoch' | 'hole'): void;
}

export interface EventTail {
  /** Tells `listener` of each event after `from`, until the returned function is called. One follower a channel. */
  follow(channel: string, from: Position, listener: TailListener): () => void;
  close(): Promise<void>;
}

export type EventLogErrorCode = 'payload-too-large' | 'payload-not-json' | 'bad-sequence';

/** The event cannot be appended, now or later. */
export class EventLogError extends Error {
  override readonly name = 'EventLogError';
  readonly code: EventLogErrorCode;

  constructor(code: EventLogErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
