/** `GET /`: the dashboard's page, as it was built; without it the API serves all the same and says what is missing. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Problem } from './problem-details.ts';

/**
 * Own files and the own server only: no inline script or style, no frame around it (OWASP, Clickjacking).
 * `'self'` in `connect-src` covers the WebSocket of the same host (CSP Level 3, section 6.7.2.8).
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param folder what `npm run build:page` made; none: the page is not served */
export async function registerPage(server: FastifyInstance, folder: string | undefined, logger: Logger): Promise<void> {
  if (folder === undefined || !existsSync(join(folder, 'index.html'))) {
    const missing = folder === undefined ? 'TARS_PAGE_FOLDER is not set' : 'TARS_PAGE_FOLDER holds no index.html';
    const advice = 'build it with `npm run build:page -- RELEASE FOLDER`';
    logger.warn(`the page is not built: ${missing}; ${advice}. The API serves without it`);
    server.get('/', { schema: { hide: true } }, async () => {
      throw new Problem('not-found', `the page is not built; ${advice} and set TARS_PAGE_FOLDER`);
    });
    return;
  }
  await server.register(files, {
    root: folder,
    // A route for each file there is: every other path stays the API's.
    wildcard: false,
    cacheControl: false,
    setHeaders(reply, path) {
      // The name of an asset holds its content's hash (Vite); index.html is asked for again each time, by its ETag.
      const isPage = basename(path) === 'index.html';
      reply.headers({
        'cache-control': isPage ? 'no-cache' : 'public, max-age=31536000, immutable',
        'content-security-policy': POLICY,
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      });
    },
  });
}
