import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { syntheticConfig } from '../src/experiments/synthetic/config.js';
import { execute } from '../src/experiments/synthetic/execute.js';
import { methodOf } from '../src/experiments/training/methods.js';
import { findLogs } from '../src/logs/find-logs.js';
import { workspaceRoot } from '../src/native/native-folder.js';
import { evaluationsOf } from './evaluations-of.js';

const { complete } = findLogs(join(workspaceRoot(), 'results'), 'synthetic');
const runs = complete
  .map(({ header, evaluations }) => ({ ...header, evaluations }))
  .filter(({ run, method }) => run === 1 && !method.endsWith('-25'));

/** Processors may round differently, and 201 iterations of training magnify that by far less than this. */
const tolerance = 1e-4;

describe.each(['published', 'corrected'] as const)('%s, the committed log', (protocol) => {
  test.each(runs.filter((each) => each.protocol === protocol).map((each) => [each.method, each] as const))(
    'of %s is repeated: the first two evaluations, or all of a search',
    async (method, { run, evaluations }) => {
      const config = syntheticConfig(protocol);
      const isSearch = methodOf(method)?.kind === 'search';
      const found = await evaluationsOf(execute, {
        experiment: 'synthetic',
        protocol,
        method,
        run,
        config: isSearch ? config : { ...config, epochs: 201 },
        backend: 'cpu',
      });
      const expected = isSearch ? evaluations : evaluations.slice(0, 2);
      expect(found).toHaveLength(expected.length);
      for (const [i, { kind, seconds, ...values }] of expected.entries()) {
        for (const [key, value] of Object.entries(values)) {
          const got = found[i]?.[key as keyof typeof values] as number;
          expect(Math.abs(got / (value as number) - 1) || 0, `${key} of epoch ${values.epoch}`).toBeLessThan(
            tolerance,
          );
        }
      }
    },
  );
});
