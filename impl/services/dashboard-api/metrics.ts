/** `GET /metrics`: what Prometheus reads, and the timing of every request. */
import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

export function registerMetrics(server: FastifyInstance, metrics: Registry): void {
  const duration = new Histogram({
    name: 'tars_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its response',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });

  server.addHook('onResponse', async (request, reply) => {
    // The route's pattern, not the path: what clients make up must not become a series.
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    duration.observe({ route, method: request.method, status: reply.statusCode }, reply.elapsedTime / 1000);
    request.log.debug(
      { method: request.method, route, status: reply.statusCode, time_ms: reply.elapsedTime },
      'request',
    );
  });

  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    return reply.header('content-type', metrics.contentType).send(await metrics.metrics());
  });
}
