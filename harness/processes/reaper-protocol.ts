/** What is said on the reaper's socket: one JSON object a line, each request answered by one reply with its id. */

import type { Ending } from './end-group.ts';

export type ReaperRequest = { readonly id: number } & (
  | { readonly do: 'join'; readonly role: 'founder' | 'member'; readonly pid: number }
  | ({ readonly do: 'adopt'; readonly pid: number } & Ending)
  | { readonly do: 'release'; readonly pid: number }
  | { readonly do: 'own-folder'; readonly path: string }
  | { readonly do: 'release-folder'; readonly path: string }
  /** Ends everything that this connection registered, and answers when it is gone. */
  | { readonly do: 'end' }
);

export type ReaperReply = { readonly id: number } & (
  | { readonly ok: true }
  | { readonly ok: false; readonly error: string }
);
