/** Redis 6.2 or newer, or Valkey, and the ways to have it. */
import { aptProvider } from '../apt-provider.ts';
import type { ComponentDefinition } from '../component.ts';
import { pathProvider } from './path-provider.ts';
import type { ServerOptions } from './server.ts';
import { urlProvider } from './url-provider.ts';
import { wheelProvider } from './wheel-provider.ts';

/** The component with settings of one's own, for the servers that we start. */
export function redisWith(options: Pick<ServerOptions, 'appendonly'>): ComponentDefinition {
  const path = pathProvider(options);
  const apt = aptProvider({ packages: ['redis-server'], path });
  return { name: 'redis', providers: [urlProvider, path, wheelProvider(options), apt] };
}

export const redis: ComponentDefinition = redisWith({});
