import { torchRandom } from '@metadistill/datasets';
import {
  adam,
  adamDescent,
  logitProblem,
  type MetaparameterSpace,
  metaparameterSpace,
  mixed,
} from '@metadistill/hypergrad';
import {
  convexCombination,
  convexMix,
  crossEntropy,
  groupedTemperature,
  type LogitLoss,
  type Metaparameters,
  type MixMetaparameter,
} from '@metadistill/losses';
import { batchNorm, conv2d, dense, disposeWeights, flatten, model } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { alternate, autoregressive } from '@metadistill/trajectory';
import { describe, expect, test } from 'vitest';
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

/** What is tuned, and from where. */
interface Tuned<Name extends string> {
  readonly loss: LogitLoss<Name>;
  readonly space: MetaparameterSpace<Name>;
  readonly metaparameters: Metaparameters<Name>;
}

const numbers: Tuned<MixMetaparameter> = {
  loss: convexMix({ scaling: 'none' }),
  space: metaparameterSpace<MixMetaparameter>({
    distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
    temperature: { bounds: [0.5, 20], transform: 'log' },
  }),
  metaparameters: { distillationFraction: 0.5, temperature: 2 },
};

/** Five temperatures, of which each batch of five examples of two classes touches two. */
const arrays: Tuned<'distillationFraction' | 'temperature[]'> = {
  loss: convexCombination({
    classification: crossEntropy(),
    distillation: groupedTemperature({ scaling: 'none', by: 'label', count: 5 }),
  }),
  space: metaparameterSpace({
    'temperature[]': { bounds: [0.5, 20], transform: 'log', size: 5 },
    distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
  }),
  metaparameters: { distillationFraction: 0.5, 'temperature[]': [1, 2, 3, 4, 5] },
};

/** Everything that has a state: Adam, batch norm, shuffled batches, Adam outside, a prediction in mid-block. */
async function trainFrom<Name extends string>(
  { loss, space }: Tuned<Name>,
  start: TrainingState<Name>,
  iterations: number,
): Promise<TrainingSnapshot<Name>> {
  let last = start;
  for await (const { state } of train({
    problem: logitProblem({ model: student, trainingLoss: loss, validationLoss: crossEntropy() }),
    trainingBatches: miniBatches({ dataset, batchSize: 5, teacherLogits, shuffleSeed: 1 }),
    iterations,
    optimizer: adam(),
    learningRate: (iteration) => 0.01 / (1 + iteration),
    start,
    meta: {
      method: mixed(),
      optimizer: adamDescent({ learningRate: 0.05, sparse: loss.shapes !== undefined }),
      validationBatches: miniBatches({ dataset, batchSize: 5 }),
      controller: alternate({ gradientIterations: 3, period: 2, predictor: autoregressive() }),
      space,
    },
  })) {
    last = state;
  }
  const snapshot = await snapshotTraining(last);
  disposeTrainingState(last);
  return snapshot;
}

const fresh = <Name extends string>({ metaparameters }: Tuned<Name>): TrainingState<Name> =>
  startTraining<Name>({
    weights: student.initialize(torchRandom(5).uniform),
    optimizer: adam(),
    metaparameters,
  });

/** Runs 14 iterations at once, and cut in two; both ends, and where it was cut. */
async function cutAt<Name extends string>(tuned: Tuned<Name>, cut: number) {
  const starts = [fresh(tuned), fresh(tuned)] as const;
  const whole = await trainFrom(tuned, starts[0], 14);
  const snapshot = await trainFrom(tuned, starts[1], cut);
  const half = restoreTraining(structuredClone(snapshot));
  const resumed = await trainFrom(tuned, half, 14);
  for (const start of [...starts, half]) disposeTrainingState(start);
  return { whole, snapshot, resumed };
}

describe.each([1, 4, 8, 13])(
  'a training cut at iteration %i continues bit for bit from its snapshot',
  (cut) => {
    test('with numbers', async () => {
      await expectNoLeak(async () => {
        const { whole, resumed } = await cutAt(numbers, cut);
        expect(resumed).toEqual(whole);
      });
    });

    test('with an array', async () => {
      await expectNoLeak(async () => {
        const { whole, snapshot, resumed } = await cutAt(arrays, cut);
        expect(resumed).toEqual(whole);
        const { metaparameters, outerState, controllerState } = snapshot;
        // Plain data, for JSON too.
        const plain = { metaparameters, outerState, controllerState };
        expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
      });
    });
  },
);

test('of an array only what batches touch is moved by gradients', async () => {
  const start = fresh(arrays);
  const { metaparameters } = await trainFrom(arrays, start, 3);
  disposeTrainingState(start);
  const [first, second, ...others] = metaparameters['temperature[]'];
  expect(others).toEqual([3, 4, 5]);
  expect(first).not.toBe(1);
  expect(second).not.toBe(2);
});

test('an array that does not have the shape of the problem, or of the space, is refused before the first step', async () => {
  const refused = async (values: number[], tuned: typeof arrays) => {
    const start = fresh({ ...tuned, metaparameters: { ...tuned.metaparameters, 'temperature[]': values } });
    await expect(trainFrom(tuned, start, 1)).rejects.toThrow(
      'train: temperature[] is an array of 4; expected an array of 5 numbers. Give them flat, in row-major order.',
    );
    disposeTrainingState(start);
  };
  await refused([1, 2, 3, 4], arrays);
  const ofFour = groupedTemperature({ scaling: 'none', by: 'label', count: 4 });
  const loss = convexCombination({ classification: crossEntropy(), distillation: ofFour });
  await refused([1, 2, 3, 4], { ...arrays, loss });
});

test('a snapshot owns its numbers', async () => {
  const state = fresh(numbers);
  const snapshot = await snapshotTraining(state);
  const before = Array.from(snapshot.parameters[0]!.values);
  disposeWeights(state.weights);
  expect(Array.from(snapshot.parameters[0]!.values)).toEqual(before);
});
