/**
 * Chromium, a browser that is driven over the DevTools protocol, and the ways to have it.
 *
 * Its address is that of the program (`file:///usr/bin/chromium`): each check starts a browser of its own (`browser.ts`),
 * so that one that is frozen, cut off or killed is no other's.
 */
import { aptProvider } from '../apt-provider.ts';
import type { ComponentDefinition } from '../component.ts';
import { pathProvider } from './path-provider.ts';
import { urlProvider } from './url-provider.ts';

const path = pathProvider();

export const chromium: ComponentDefinition = {
  name: 'chromium',
  providers: [urlProvider, path, aptProvider({ packages: ['chromium'], path })],
};
