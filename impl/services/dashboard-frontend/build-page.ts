/** Builds the dashboard's page of one release: one source, and that release's own part of it (`release:websocket`). */
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { type ReleaseName, releases } from '../../releases.ts';

/** The oldest browsers with what the page is written in: `light-dark()`, `AbortSignal.any`, `Map.groupBy`. */
const BROWSERS = ['chrome123', 'firefox124', 'safari17.5'];

/** A page built in another mode would carry React's checks for development. */
export class BuildModeError extends Error {
  override readonly name = 'BuildModeError';
  readonly code = 'ERR_BUILD_MODE';
}

/**
 * Builds into `folder`, which is emptied first. Needs `NODE_ENV=production`, which Vite and React go by.
 * @param plugins run before Vite's own @throws BuildModeError
 */
export async function buildPage(release: ReleaseName, folder: string, plugins: readonly Plugin[] = []): Promise<void> {
  if (process.env.NODE_ENV !== 'production')
    throw new BuildModeError(`expected NODE_ENV=production, got "${process.env.NODE_ENV ?? ''}"; set it`);
  await build({
    configFile: false,
    root: join(import.meta.dirname, 'page'),
    base: './',
    logLevel: 'warn',
    plugins: [...plugins],
    resolve: { alias: { 'release:websocket': releases[release].websocket.pageParts } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: BROWSERS,
      // What is inlined as a data: URL the page's own content security policy forbids.
      assetsInlineLimit: 0,
    },
  });
}
