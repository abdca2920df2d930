/** `ConnectionStatus` (TARS-1001): whether the page is live, in words and colour, told to screen readers as it changes. */
import type { ReactNode } from 'react';
import type { ConnectionStatusProps } from '../../page-parts.ts';
import type { ConnectionState } from '../../release-parts.ts';

type Shown = 'connecting' | 'live' | 'reconnecting' | 'reloading' | 'closed';

const SHOWN: Readonly<Record<ConnectionState, Shown>> = {
  disconnected: 'connecting',
  connecting: 'connecting',
  connected: 'live',
  reconnecting: 'reconnecting',
  closed: 'closed',
};

const WORDS: Readonly<Record<Shown, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  reconnecting: 'Reconnecting… what is shown may be old',
  reloading: 'Updates were missed: loading the list again…',
  closed: 'Closed: log in again to see updates',
};

/** `data-state` names what is shown, for styles and for whoever watches the page. */
export function ConnectionStatus({ state, isReloading = false }: ConnectionStatusProps): ReactNode {
  const shown = isReloading && state === 'connected' ? 'reloading' : SHOWN[state];
  return (
    <p role="status" className="connection-status" data-state={shown}>
      {WORDS[shown]}
    </p>
  );
}
