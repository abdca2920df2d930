/** 405 with `Allow` (RFC 9110, section 15.5.6) where a path exists and the method does not; Fastify alone says 404. */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from './problem-details.ts';

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

/** Call it before the routes are registered; the function it returns, after them. */
export function refuseOtherMethods(server: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>();
  let listening = true;
  server.addHook('onRoute', ({ url, method }) => {
    if (!listening) return;
    const allowed = known.get(url) ?? new Set();
    for (const name of [method].flat()) allowed.add(name);
    known.set(url, allowed);
  });

  return () => {
    listening = false;
    for (const [url, allowed] of known) {
      const allow = [...allowed].sort().join(', ');
      const refuse = async () => {
        throw new Problem('method-not-allowed', `this resource knows ${allow}`, { headers: { allow } });
      };
      server.route({
        url,
        method: methods.filter((method) => !allowed.has(method)),
        schema: { hide: true },
        // Before the body is read: what it holds does not matter.
        onRequest: refuse,
        handler: refuse,
      });
    }
  };
}
