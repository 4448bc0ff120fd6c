// pnpm test:mutants <package> [--sample 200] [--seed 1] [--fresh]: changes the package's sources one place at a time and
// counts the changes that fail a test. Outside the gate. Results are kept in .mutants/<package>.jsonl as they come, so a
// run that was stopped resumes. What survived runs again when a file of the package has changed; what was killed stays
// killed as long as its own file is as it was. --fresh forgets everything; --sample all runs every mutant.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { readResults, summarize, versionOf } from './results.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    fresh: { type: 'boolean', default: false },
  },
});
const [name] = positionals;
const folder = `packages/${name}`;
if (positionals.length !== 1 || !existsSync(`${folder}/src`)) {
  throw new Error(
    `test:mutants: the package is ${positionals.join(' ') || 'missing'}; expected a folder of packages/.`,
  );
}
const size = values.sample === 'all' ? Number.POSITIVE_INFINITY : Number(values.sample);
if (!(size > 0))
  throw new Error(`test:mutants: --sample is ${values.sample}; expected a positive number or all.`);

const file = `.mutants/${name}.jsonl`;
mkdirSync('.mutants', { recursive: true });
if (values.fresh) rmSync(file, { force: true });
process.env.METADISTILL_MUTANTS = name; // for vitest.config.js

await new Stryker({
  mutate: [`${folder}/src/**/*.ts`, `!${folder}/src/**/*.test.ts`, `!${folder}/src/**/index.ts`],
  ignorePatterns: ['/apps', '/results', '/runs', '/docs', 'dist', '.turbo', '.native', '.mutants', '*.md'],
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/mutants/vitest.config.js', related: false },
  plugins: ['@stryker-mutator/vitest-runner', fileURLToPath(new URL('reporter.js', import.meta.url))],
  reporters: ['sample'],
  sample: { file, size, seed: values.seed, version: versionOf(folder), results: readResults(file).results },
  warnings: { unknownOptions: false, slow: false },
  coverageAnalysis: 'perTest',
  concurrency: Math.max(1, availableParallelism() - 1),
  // A property that fails runs again and again while it shrinks, and a busy machine kills no mutant.
  timeoutMS: 60_000,
  timeoutFactor: 5,
  dryRunTimeoutMinutes: 30,
  disableTypeChecks: false,
  tsconfigFile: 'none', // Stryker reads it with TypeScript's own interface, which version 7 has not
  allowConsoleColors: false,
}).runMutationTest();
console.log(summarize(readResults(file)));
