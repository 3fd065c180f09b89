import { defineConfig } from 'vitest/config';

const shared = { globalSetup: ['test/support/global-setup.ts'], testTimeout: 60_000, hookTimeout: 60_000 };

/** `unit` needs nothing; `integration` has a real PostgreSQL; `e2e` runs the built programs as processes. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...shared } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...shared, testTimeout: 120_000 } },
    ],
  },
});
