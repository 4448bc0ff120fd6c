import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import base from '../../vitest.config.ts';

const folder = `packages/${process.env.METADISTILL_MUTANTS}`;
const { peerDependencies = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));

/** A mutant ends at its first failure: quick tests beside a file come before those across files in test/. */
class OwnTestsFirst extends BaseSequencer {
  sort(files) {
    const isAcross = ({ moduleId }) => Number(moduleId.includes(`${folder}/test/`));
    return files.toSorted((a, b) => isAcross(a) - isAcross(b));
  }
}

/**
 * The tests of one package, without two kinds: those of texts read the sources, which are instrumented here, and a hundred
 * searches would take minutes a mutant.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [`${folder}/{src,test}/**/*.test.ts`],
    exclude: ['**/readme.test.ts', '**/docstrings.test.ts', '**/tpe-against-random-search.test.ts'],
    globalSetup: [],
    sequence: { sequencer: OwnTestsFirst },
    // A fresh copy of the tensor library for each file would take longer than the tests.
    isolate: false,
    // Each mutant starts its tests anew: packages over plain numbers need no tensor library.
    setupFiles: [
      ...('@tensorflow/tfjs-core' in peerDependencies ? base.test.setupFiles : []),
      './scripts/mutants/vitest.setup.js',
    ],
    // Few cases of each property, so that the score is one that more cases can only raise.
    env: { ...base.test.env, METADISTILL_RUNS: '10' },
    reporters: [],
  },
});
