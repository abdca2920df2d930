/**
 * Which parts make which release. Servers are loaded when they are asked for, so that a dashboard's code reaches
 * `createEventClient` without loading what only a server needs.
 */
import { join } from 'node:path';
import { createEventClient as createBaselineEventClient } from './baseline/websocket/client.ts';
import { pool } from './database/pool.ts';
import type { ReleaseParts } from './release-parts.ts';
import { createEventClient } from './websocket/client.ts';

export type ReleaseName = 'v1.0.0' | 'v1.0.1';

export const releases: Record<ReleaseName, ReleaseParts> = {
  'v1.0.0': {
    version: 'v1.0.0',
    database: {
      pool: {},
      async migrate() {},
      async limitRates() {},
      async serveEvaluationHistory(options) {
        const { serveEvaluationHistory } = await import('./baseline/database/evaluation-history.ts');
        return serveEvaluationHistory(options);
      },
    },
    websocket: {
      createEventClient: createBaselineEventClient,
      async attachEventServer(options) {
        const { attachEventServer } = await import('./baseline/websocket/server.ts');
        return attachEventServer(options);
      },
      pageParts: join(import.meta.dirname, 'baseline/websocket/react/index.ts'),
    },
  },
  'v1.0.1': {
    version: 'v1.0.1',
    database: {
      pool,
      async migrate(postgresUrl) {
        const { Migrator } = await import('./database/migrator.ts');
        const migrator = await Migrator.connect(postgresUrl);
        try {
          await migrator.up();
        } finally {
          await migrator.close();
        }
      },
      async limitRates(server, redis, limits) {
        const { limitRates } = await import('./database/rate-limits.ts');
        limitRates(server, redis, limits);
      },
      async serveEvaluationHistory(options) {
        const { serveEvaluationHistory } = await import('./database/evaluation-history.ts');
        return serveEvaluationHistory(options);
      },
    },
    websocket: {
      createEventClient,
      async attachEventServer(options) {
        const { attachEventServer } = await import('./websocket/server.ts');
        return attachEventServer(options);
      },
      pageParts: join(import.meta.dirname, 'websocket/react/index.ts'),
    },
  },
};
