/**
 * Runs the property tests on cases that the gate does not draw: `pnpm test:explore [path...]`.
 *
 * METADISTILL_SEED repeats a run by its seed; METADISTILL_RUNS sets the number of cases per property, where the gate
 * uses each property's own. A counterexample that it finds becomes a test: an entry of that property's `examples`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

const {
  METADISTILL_SEED: seed = String(randomInt(2 ** 31)),
  METADISTILL_RUNS: runs,
  ...environment
} = process.env;
for (const [name, value] of Object.entries({ METADISTILL_SEED: seed, METADISTILL_RUNS: runs })) {
  if (value !== undefined && !/^-?\d+$/.test(value)) {
    throw new RangeError(`test:explore: ${name} is ${value}; expected an integer.`);
  }
}

const named = process.argv.slice(2);
const list = ['grep', '--untracked', '-l', "'fast-check'", '--', '*.test.ts'];
const files = named.length > 0 ? named : execFileSync('git', list, { encoding: 'utf8' }).trim().split('\n');

// No limit on time: it depends on the number of runs.
const { status } = spawnSync('vitest', ['run', '--testTimeout=0', ...files], {
  stdio: 'inherit',
  env: { ...environment, METADISTILL_SEED: seed, ...(runs === undefined ? {} : { METADISTILL_RUNS: runs }) },
});
process.exit(status ?? 1);
