import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The gate's cases are drawn from it; any seed does. */
const seed = process.env.METADISTILL_SEED ?? '20261130';
const conditions = ['@metadistill/source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['{packages,internal,apps}/*/{src,test}/**/*.test.ts'],
    globalSetup: ['./packages/backend/scripts/build-kernels.js', './scripts/temporary-folder.js'],
    setupFiles: ['./vitest.setup.ts'],
    reporters: ['default', ['./scripts/summary-reporter.js', { seed }]],
    // Where `pnpm native` puts it; tests of native TensorFlow are skipped, with the reason, where it is not.
    env: {
      METADISTILL_NATIVE:
        process.env.METADISTILL_NATIVE ?? fileURLToPath(new URL('.native', import.meta.url)),
      METADISTILL_SEED: seed,
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
    restoreMocks: true,
    // By default one core is kept for watching, of two of them half.
    maxWorkers: '100%',
    // Far above what a test takes: a busy machine is no failure.
    testTimeout: 180_000,
  },
});
