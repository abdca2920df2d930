/** `useWebSocket` as v1.0.0 had it: connects once, when the component is mounted. What closes stays closed (TARS-1001). */
import { useEffect, useEffectEvent, useState } from 'react';
import type { UseWebSocketOptions } from '../../../page-parts.ts';
import type { ConnectionState } from '../../../release-parts.ts';
import { createEventClient } from '../client.ts';

/** What it does stands at `WebSocketPageParts`. */
export function useWebSocket(options: UseWebSocketOptions): ConnectionState {
  const [state, setState] = useState<ConnectionState>('disconnected');
  const create = useEffectEvent(() => createEventClient(options));
  const onEvent = useEffectEvent(options.onEvent);
  const onSubscribed = useEffectEvent((channel: string) => options.onSubscribed?.(channel));
  const onError = useEffectEvent((error: Error) => options.onError?.(error));
  const { url } = options;
  const names = JSON.stringify([...new Set(options.channels)].sort());

  // biome-ignore lint/correctness/useExhaustiveDependencies: another URL is another connection
  useEffect(() => {
    const client = create();
    client.on('state', setState);
    client.on('subscribed', (channel) => onSubscribed(channel));
    client.on('error', (error) => onError(error));
    for (const name of JSON.parse(names) as string[]) client.subscribe(name, (event) => onEvent(event));
    client.connect();
    return () => client.close();
  }, [url, names]);
  return state;
}
