import { crossEntropy } from '@metadistill/losses';
import { logisticRegression } from '@metadistill/models';
import { centralDifference, inFloat64, relativeError } from '@metadistill/testing';
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { everyLogitLoss, metaparametersAt } from '../../losses/test/every-loss.js';
import { hypergradient } from '../src/hypergradient.js';
import { sgd } from '../src/inner/sgd.js';
import { mixed } from '../src/methods/mixed.js';
import { logitProblem } from '../src/problems/logit-problem.js';
import { metaparameterLayout } from '../src/space/layout.js';
import { innerStep } from '../src/step/inner-step.js';

/** Every exported loss that has metaparameters, of six classes at most. */
const losses = everyLogitLoss.filter(({ loss }) => loss.metaparameters.length > 0);

const rows = (count: number, columns: number, seed: number) =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: columns }, (_, k) => 2 * Math.sin(3.7 * k + 5.3 * (seed + i))),
  );
const batch = (size: number, seed: number) => ({
  inputs: tensor2d(rows(size, 3, seed)),
  teacherLogits: tensor2d(rows(size, 4, seed + 50)),
  labels: tensor1d(
    Array.from({ length: size }, (_, i) => (3 * i + seed) % 4),
    'int32',
  ),
});

describe.each(losses.map((each) => [each.loss.name, each] as const))('%s', (_, each) => {
  const { loss } = each;
  // A backward pass for each number of an array is refused.
  test.each(loss.mixedProduct && loss.shapes ? (['jvp'] as const) : (['jvp', 'vjp'] as const))(
    'its metaparameters have the hypergradient that differences of the validation loss have, via %s',
    async (via) => {
      const middle = metaparametersAt(each, 0.9);
      const { flatten, unflatten } = metaparameterLayout(loss);
      const values = flatten(middle);
      await inFloat64(async () => {
        const problem = logitProblem({
          model: logisticRegression({ inputs: 3, classes: 4 }),
          trainingLoss: loss,
          validationLoss: crossEntropy(),
        });
        const [training, validation] = [batch(6, 1), batch(5, 9)];
        const point = (at: readonly number[]) => ({
          weights: { parameters: [tensor2d(rows(3, 4, 20)), tensor1d([0.3, -0.2, 0.1, 0])], statistics: [] },
          metaparameters: unflatten(at),
          optimizer: sgd(),
          optimizerState: [],
          learningRate: 0.5,
        });
        const afterStep = (at: readonly number[]) =>
          tidy(() => {
            const from = point(at);
            const { next } = innerStep(from, problem.training(from.weights, training));
            return problem.validation(next.weights, validation, from.metaparameters).value.dataSync()[0]!;
          });
        const { gradient } = await hypergradient({
          problem,
          point: point(values),
          trainingBatch: training,
          validationBatch: validation,
          method: mixed({ via }),
        });
        const got = flatten(gradient);
        // The central difference is off by h² and by rounding over h, both 1e-10 at its h = 1e-5.
        expect(relativeError(got, centralDifference(afterStep, values))).toBeLessThan(1e-7);
        expect(Math.hypot(...got)).toBeGreaterThan(1e-4);
      });
    },
  );
});
