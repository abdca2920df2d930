/** Redis 6.2 or newer, or Valkey, and the ways to have it. */
import { aptProvider } from '../apt-provider.ts';
import type { ComponentDefinition } from '../component.ts';
import { redisDockerProvider } from './docker-provider.ts';
import { pathProvider } from './path-provider.ts';
import { urlProvider } from './url-provider.ts';
import { valkeyWheelProvider } from './valkey-wheel.ts';

const path = pathProvider();

export const redis: ComponentDefinition = {
  name: 'redis',
  providers: [
    urlProvider,
    path,
    valkeyWheelProvider(),
    redisDockerProvider,
    aptProvider({ packages: ['redis-server'], path }),
  ],
};
