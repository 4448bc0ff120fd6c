import { defineConfig } from 'vitest/config';

const conditions = ['@metadistill/source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['{packages,internal,apps}/*/src/**/*.test.ts'],
    globalSetup: ['./packages/backend/scripts/build-kernels.js'],
    setupFiles: ['./vitest.setup.ts'],
    reporters: ['default', './scripts/summary-reporter.js'],
    restoreMocks: true,
    testTimeout: 60_000,
  },
});
