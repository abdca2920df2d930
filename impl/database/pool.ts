/** dashboard-api's connections to PostgreSQL in v1.0.1; v1.0.0 leaves all of this to its driver (TARS-1004). */
import type { PoolSettings } from '../release-parts.ts';

export const pool: PoolSettings = {
  // A first request after a quiet spell finds a connection.
  min: 2,
  idleTimeoutMillis: 30_000,
  // After a failover, connections find their way to the new server by and by.
  maxLifetimeSeconds: 30 * 60,
  // A page of an index lies on an SSD or in memory. At the default of 4, made for turning disks, the planner reads the
  // newest rows of everybody and throws most away rather than use the index of a busy agent.
  // @see https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-RANDOM-PAGE-COST
  options: '-c random_page_cost=1.1',
};
