/** PostgreSQL, 14 or newer with logical decoding, and the ways to have it. */
import { aptProvider } from '../apt-provider.ts';
import type { ComponentDefinition } from '../component.ts';
import { postgresDockerProvider } from './docker-provider.ts';
import { embeddedProvider } from './embedded-provider.ts';
import { pathProvider } from './path-provider.ts';
import { urlProvider } from './url-provider.ts';

const path = pathProvider();

export const postgres: ComponentDefinition = {
  name: 'postgres',
  providers: [
    urlProvider,
    embeddedProvider(),
    path,
    postgresDockerProvider,
    aptProvider({ packages: ['postgresql'], path }),
  ],
};
