/** The composition root: joins the harness to T.A.R.S. Judging the next release starts here. */
import { components, tools } from './fixtures/components.ts';
import { defineConfig } from './harness/cli/config.ts';
import { releases } from './impl/releases.ts';

const MINUTE_MS = 60_000;

export default defineConfig({
  product: 'T.A.R.S.',
  releases: { known: Object.keys(releases), default: { baseline: 'v1.0.0', candidate: 'v1.0.1' } },
  suites: [
    {
      id: 'tars-1001',
      ticket: 'TARS-1001',
      title: 'Dashboards reconnect their WebSocket',
      folder: 'suites/tars-1001-websocket-reconnect',
    },
    {
      id: 'tars-1004',
      ticket: 'TARS-1004',
      title: 'The database answers by its indexes, a page at a time',
      folder: 'suites/tars-1004-database-indexes',
    },
  ],
  components,
  tools,
  profiles: {
    smoke: { budget_ms: 2 * MINUTE_MS },
    standard: { budget_ms: 10 * MINUTE_MS },
    nightly: { budget_ms: 120 * MINUTE_MS },
  },
  envPrefix: 'TARS',
});
