import { torchRandom } from '@metadistill/datasets';
import { gradientDescent, logitProblem, metaparameterSpace, mixed, sgd } from '@metadistill/hypergrad';
import { convexMix, crossEntropy } from '@metadistill/losses';
import {
  batchNorm,
  conv2d,
  dense,
  disposeWeights,
  flatten,
  logisticRegression,
  type Model,
  maxPool2d,
  model,
  relu,
} from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { alternate, linear } from '@metadistill/trajectory';
import { memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { miniBatches } from '../src/batches/mini-batches.js';
import { startTraining } from '../src/state/start-training.js';
import { disposeTrainingState } from '../src/state/training-state.js';
import { train } from '../src/train.js';

const convNet = model({
  name: 'small conv net',
  inputShape: [6, 6, 1],
  classes: 3,
  layers: [
    conv2d({ inputs: 1, outputs: 2, kernelSize: 3 }),
    batchNorm({ channels: 2 }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dense({ inputs: 8, outputs: 3 }),
  ],
});

/** Noise with labels and teacher's logits: what is learnt does not matter here. */
function noise(examples: number, exampleShape: readonly number[]) {
  const { uniform } = torchRandom(7);
  const size = exampleShape.reduce((a, b) => a * b, 1);
  const draw = (length: number, high: number) => Float32Array.from({ length }, () => uniform(-1, high));
  const labels = Int32Array.from({ length: examples }, (_, i) => i % 3);
  return {
    dataset: { name: 'noise', examples: draw(examples * size, 1), exampleShape, labels, classes: 3 },
    teacherLogits: { values: draw(examples * 3, 1), examples, classes: 3 },
  };
}

test.each([
  ['a linear student', logisticRegression({ inputs: 4, classes: 3 }), [4], 1000],
  ['a student with batch norm', convNet, [6, 6, 1], 1000],
])(
  'training %s with hypergradients and predictions holds no tensor more after any step',
  async (_, student, shape, steps) => {
    await expectNoLeak(async () => {
      const { dataset, teacherLogits } = noise(20, shape);
      const validationBatches = miniBatches({ dataset, batchSize: 8 });
      const weights = (student as Model).initialize(torchRandom(1).uniform);
      const start = startTraining({
        weights,
        optimizer: sgd(),
        metaparameters: { distillationFraction: 0.5, temperature: 2 },
      });
      let last = start;
      const held = new Set<number>();
      for await (const report of train({
        problem: logitProblem({
          model: student as Model,
          trainingLoss: convexMix({ scaling: 'none' }),
          validationLoss: crossEntropy(),
        }),
        trainingBatches: miniBatches({ dataset, batchSize: 8, teacherLogits, shuffleSeed: 2 }),
        iterations: steps,
        optimizer: sgd(),
        learningRate: () => 0.05,
        start,
        meta: {
          method: mixed(),
          optimizer: gradientDescent({ learningRate: 0.1, clipValue: 0.01 }),
          validationBatches,
          controller: alternate({ gradientIterations: 4, period: 2, predictor: linear() }),
          space: metaparameterSpace({
            distillationFraction: { bounds: [0, 1] },
            temperature: { bounds: [0.1, 10] },
          }),
          update: 'sequential',
        },
      })) {
        last = report.state;
        held.add(memory().numTensors);
      }
      expect(held.size).toBe(1);
      disposeTrainingState(last);
      disposeWeights(weights);
    });
  },
);
