import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

const folder = `packages/${process.env.METADISTILL_MUTANTS}`;
const { peerDependencies = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));

/** The tests of one package. Those of texts are left out: they read the sources, which a mutant changes throughout. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [`${folder}/{src,test}/**/*.test.ts`],
    exclude: ['**/readme.test.ts', '**/docstrings.test.ts'],
    globalSetup: [],
    // A fresh copy of the tensor library for each file would take longer than the tests.
    isolate: false,
    // Each mutant starts its tests anew: packages over plain numbers need no tensor library.
    setupFiles: '@tensorflow/tfjs-core' in peerDependencies ? base.test.setupFiles : [],
    reporters: [],
  },
});
