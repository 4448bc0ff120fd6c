import { describe, expect, test } from 'vitest';
import { evaluationsOf } from '../../../test/evaluations-of.js';
import { syntheticConfig } from '../../experiments/synthetic/config.js';
import { execute } from '../../experiments/synthetic/execute.js';
import type { Evaluation } from '../../logs/log-schema.js';
import { type Contender, predicting, references } from './contenders.js';
import { plainProblem, plainStart, studySettings, tuningBy } from './plain-problem.js';
import { accuracyOf, trainPlain } from './plain-training.js';

const { seed, epochs } = studySettings;
const named = (name: string): Contender =>
  [...references, ...predicting].find((contender) => contender.name === name) as Contender;

/** The last evaluation of a run by the experiment itself, in float32 tensors. */
async function onTensors(method: string, run: number): Promise<Evaluation> {
  const evaluations = await evaluationsOf(execute, {
    experiment: 'synthetic',
    protocol: 'corrected',
    method,
    run,
    config: syntheticConfig('corrected'),
    backend: 'cpu',
  });
  return evaluations.at(-1) as Evaluation;
}

describe('in float64 and without tensors', () => {
  // Runs that stay at temperatures where training is stable: elsewhere rounding grows, and float32 goes its own way.
  test.each([
    ['gradient', 'gradient-exact', 0],
    ['gradient', 'gradient-exact', 3],
    ['every-2', 'every-2', 4],
    ['ar1-10x2', 'trajectory-ar1', 3],
  ])('%s comes to what the experiment logs for %s, run %i', async (name, method, run) => {
    const { controller, stepFactor } = named(name);
    const problem = await plainProblem(seed);
    let [accuracy, metaparameters] = [Number.NaN, [] as readonly number[]];
    const cost = trainPlain(
      problem,
      plainStart(seed, run),
      tuningBy(controller, stepFactor),
      epochs,
      (step) => {
        if (step.iteration < epochs - 1) return;
        accuracy = accuracyOf(problem, step.weights, problem.test);
        metaparameters = step.metaparameters;
      },
    );
    const evaluation = await onTensors(method, run);
    // One of the 5,000 points may lie on the boundary.
    expect(Math.abs(accuracy - evaluation.testAccuracy)).toBeLessThan(3e-4);
    expect(
      Math.abs((metaparameters[0] as number) - (evaluation.distillationFraction as number)),
    ).toBeLessThan(1e-3);
    expect(Math.abs((metaparameters[1] as number) - (evaluation.temperature as number))).toBeLessThan(1e-3);
    expect(cost).toBeCloseTo(evaluation.forwardEquivalents / (3 * epochs), 12);
  });
});
