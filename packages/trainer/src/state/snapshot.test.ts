import { torchRandom } from '@metadistill/datasets';
import { adam, adamDescent, logitProblem, metaparameterSpace, mixed } from '@metadistill/hypergrad';
import { convexMix, crossEntropy, type MixMetaparameter } from '@metadistill/losses';
import { batchNorm, conv2d, dense, disposeWeights, flatten, model } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { alternate, autoregressive } from '@metadistill/trajectory';
import { expect, test } from 'vitest';
import { miniBatches } from '../batches/mini-batches.js';
import { train } from '../train.js';
import type { TrainingState } from '../types.js';
import { restoreTraining, snapshotTraining, type TrainingSnapshot } from './snapshot.js';
import { startTraining } from './start-training.js';
import { disposeTrainingState } from './training-state.js';

const { uniform } = torchRandom(3);
const draw = (length: number) => Float32Array.from({ length }, () => uniform(-1, 1));
const dataset = {
  name: 'noise',
  examples: draw(12 * 16),
  exampleShape: [4, 4, 1],
  labels: Int32Array.from({ length: 12 }, (_, i) => i % 2),
  classes: 2,
};
const teacherLogits = { values: draw(24), examples: 12, classes: 2 };

const student = model({
  name: 'student',
  inputShape: [4, 4, 1],
  classes: 2,
  layers: [
    conv2d({ inputs: 1, outputs: 2, kernelSize: 3 }),
    batchNorm({ channels: 2 }),
    flatten(),
    dense({ inputs: 8, outputs: 2 }),
  ],
});

/** Everything that has a state: Adam, batch norm, shuffled batches, Adam outside, a prediction in mid-block. */
async function trainFrom(
  start: TrainingState<MixMetaparameter>,
  iterations: number,
): Promise<TrainingSnapshot<MixMetaparameter>> {
  let last = start;
  for await (const { state } of train({
    problem: logitProblem({
      model: student,
      trainingLoss: convexMix({ scaling: 'none' }),
      validationLoss: crossEntropy(),
    }),
    trainingBatches: miniBatches({ dataset, batchSize: 5, teacherLogits, shuffleSeed: 1 }),
    iterations,
    optimizer: adam(),
    learningRate: (iteration) => 0.01 / (1 + iteration),
    start,
    meta: {
      method: mixed(),
      optimizer: adamDescent({ learningRate: 0.05 }),
      validationBatches: miniBatches({ dataset, batchSize: 5 }),
      controller: alternate({ gradientIterations: 3, period: 2, predictor: autoregressive() }),
      space: metaparameterSpace<MixMetaparameter>({
        distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
        temperature: { bounds: [0.5, 20], transform: 'log' },
      }),
    },
  })) {
    last = state;
  }
  const snapshot = await snapshotTraining(last);
  disposeTrainingState(last);
  return snapshot;
}

function fresh(): TrainingState<MixMetaparameter> {
  const weights = student.initialize(torchRandom(5).uniform);
  return startTraining<MixMetaparameter>({
    weights,
    optimizer: adam(),
    metaparameters: { distillationFraction: 0.5, temperature: 2 },
  });
}

test.each([1, 4, 8, 13])(
  'a training cut at iteration %i continues bit for bit from its snapshot',
  async (cut) => {
    await expectNoLeak(async () => {
      const starts = [fresh(), fresh()] as const;
      const whole = await trainFrom(starts[0], 14);
      const half = restoreTraining(structuredClone(await trainFrom(starts[1], cut)));
      expect(await trainFrom(half, 14)).toEqual(whole);
      for (const start of [...starts, half]) disposeTrainingState(start);
    });
  },
);

test('a snapshot owns its numbers', async () => {
  const state = fresh();
  const snapshot = await snapshotTraining(state);
  const before = Array.from(snapshot.parameters[0]!.values);
  disposeWeights(state.weights);
  expect(Array.from(snapshot.parameters[0]!.values)).toEqual(before);
});
