/** The small product measured: what the tests of `measure` run. */
import { defineConfig } from '../config.ts';

const budget_ms = 60_000;

export default defineConfig({
  product: 'Small, measured',
  releases: { known: ['v1', 'v2'], default: { baseline: 'v1', candidate: 'v2' } },
  suites: [{ id: 'measured', title: 'The service is as quick', folder: 'measured' }],
  components: {},
  profiles: { smoke: { budget_ms }, standard: { budget_ms }, nightly: { budget_ms } },
  envPrefix: 'SMALL',
});
