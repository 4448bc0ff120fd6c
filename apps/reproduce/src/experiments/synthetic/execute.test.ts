import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../log-schema.js';
import { syntheticConfig } from './config.js';
import { execute } from './execute.js';

/** [epoch, accuracy, distillationFraction, temperature] at epochs 0, 200, ..., 1800 of a run. */
type Trajectory = readonly (readonly [number, number, number, number])[];

/** `authors`: the logs that the authors published. `reference`: the same code's runs in PyTorch; see ../../../reference. */
const { authors, reference } = JSON.parse(
  readFileSync(new URL('../../fixtures/synthetic-reference.json', import.meta.url), 'utf8'),
) as Record<'authors' | 'reference', Record<string, readonly Trajectory[]>>;

async function published(method: string, run: number, epochs: number): Promise<Evaluation[]> {
  const evaluations: Evaluation[] = [];
  await execute(
    {
      experiment: 'synthetic',
      protocol: 'published',
      method,
      run,
      config: { ...syntheticConfig('published'), epochs },
      backend: 'cpu',
    },
    {
      begin: () => {},
      emit: (evaluation) => evaluations.push(evaluation),
      progress: () => {},
      snapshot: undefined,
      save: () => {},
      signal: new AbortController().signal,
    },
  );
  return evaluations;
}

function expectSame(evaluations: readonly Evaluation[], expected: Trajectory): void {
  evaluations.forEach((evaluation, i) => {
    const [epoch, accuracy, distillationFraction, temperature] = expected[i]!;
    expect(evaluation.epoch).toBe(epoch);
    expect(evaluation.testAccuracy).toBeCloseTo(accuracy, 6);
    // Training at low temperatures is unstable, so that rounding grows; 1e-3 is what PyTorch and float64 agree to.
    expect(Math.abs((evaluation.distillationFraction as number) - distillationFraction)).toBeLessThan(1e-3);
    expect(Math.abs((evaluation.temperature as number) - temperature)).toBeLessThan(1e-3);
  });
}

describe('the published synthetic experiment', () => {
  test.each(Object.keys(reference))('starts all ten runs of %s where the authors did', async (method) => {
    for (let run = 0; run < 10; run++) {
      const evaluations = await published(method, run, 1);
      expectSame(evaluations, reference[method]?.[run]?.slice(0, 1) as Trajectory);
      const logged = authors[method]?.[run];
      if (logged) expectSame(evaluations, logged.slice(0, 1));
    }
  });

  // Runs that stay at temperatures where training is stable: PyTorch and float64 agree on them to the end.
  test.each([
    ...[0, 3, 4, 5, 9].map((run) => ['gradient', run] as const),
    ...[0, 3, 8, 9].map((run) => ['trajectory-10x2', run] as const),
    ...[0, 1].flatMap((run) => [['none', run] as const, ['naive', run] as const, ['random', run] as const]),
  ])("repeats the authors' log of %s, run %i", async (method, run) => {
    expectSame(await published(method, run, 1801), authors[method]?.[run] as Trajectory);
  });

  test.each([
    ['trajectory-100x2', 2],
    ['trajectory-500x2', 1],
    ['trajectory-1000x2', 3],
    ['trajectory-10x3', 2],
    ['trajectory-10x5', 1],
    ['trajectory-10x10', 3],
  ])('repeats the PyTorch reference of %s, run %i', async (method, run) => {
    expectSame(await published(method, run, 1801), reference[method]?.[run] as Trajectory);
  });
});
