/** `useWebSocket` (TARS-1001): the reconnecting client in a React component. */
import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import type { UseWebSocketOptions } from '../../page-parts.ts';
import type { ConnectionState } from '../../release-parts.ts';
import { createEventClient } from '../client.ts';
import { ClientHold } from './client-hold.ts';

/** On the server nothing is connected. */
const stateOnServer = (): ConnectionState => 'disconnected';

function holdFor(options: UseWebSocketOptions) {
  return { url: options.url, hold: new ClientHold(() => createEventClient(options)) };
}

/** What it does stands at `WebSocketPageParts`. */
export function useWebSocket(options: UseWebSocketOptions): ConnectionState {
  const [held, setHeld] = useState(() => holdFor(options));
  if (held.url !== options.url) setHeld(holdFor(options)); // React renders again at once
  const { hold } = held;
  const state = useSyncExternalStore(hold.listen, hold.state, stateOnServer);

  const onEvent = useEffectEvent(options.onEvent);
  const onSubscribed = useEffectEvent((channel: string) => options.onSubscribed?.(channel));
  const onGap = useEffectEvent((channel: string) => options.onGap?.(channel));
  const onError = useEffectEvent((error: Error) => options.onError?.(error));
  const names = JSON.stringify([...new Set(options.channels)].sort());

  useEffect(() => {
    const client = hold.hold();
    const leave = [
      client.on('subscribed', (channel) => onSubscribed(channel)),
      client.on('gap', (channel) => onGap(channel)),
      client.on('error', (error) => onError(error)),
      ...(JSON.parse(names) as string[]).map((name) => client.subscribe(name, (event) => onEvent(event))),
    ];
    client.connect();
    return () => {
      for (const one of leave) one();
      hold.release();
    };
  }, [hold, names]);
  return state;
}
