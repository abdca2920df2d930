/** A product of one service, for the tests of the command itself: the smallest thing the harness can judge. */
import { defineConfig } from '../config.ts';

const budget_ms = Number(process.env.SMALL_BUDGET_MS ?? 60_000);

export default defineConfig({
  product: 'Small',
  releases: { known: ['v1', 'v2'], default: { baseline: 'v1', candidate: 'v2' } },
  suites: [{ id: 'small', ticket: 'SMALL-1', title: 'The service answers', folder: 'suite' }],
  components: {},
  profiles: { smoke: { budget_ms }, standard: { budget_ms }, nightly: { budget_ms } },
  envPrefix: 'SMALL',
});
