/** A client of one contender, as the process that holds them sees it. */

export interface PeerClientOptions {
  /** `127.0.0.1:1234` */
  readonly address: string;
  /** Called with the number of each event that the client hands to its user. */
  readonly heard: (number: number) => void;
  /** Called each time that the client may expect events from now on. */
  readonly live: () => void;
  /** Called when it is no longer so. */
  readonly lost: () => void;
}

/** Connects for good; returns what closes the client. */
export type ConnectPeer = (options: PeerClientOptions) => () => void;
