import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{harness,impl,fixtures,suites,bench,release}/**/*.test.ts'],
    // Most tests wait for real servers and sockets, not for the processor.
    maxWorkers: 4,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
