import { syntheticData } from '@metadistill/datasets';
import { adamDescent, logitProblem, metaparameterSpace, mixed, sgd } from '@metadistill/hypergrad';
import { agreementTemperature, convexMix, teacherAgreement } from '@metadistill/losses';
import { logisticRegression } from '@metadistill/models';
import { everyKth } from '@metadistill/trajectory';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { type LiveTeacher, type MiniBatchesOptions, miniBatches } from '../src/batches/mini-batches.js';
import { startTraining } from '../src/state/start-training.js';
import { disposeTrainingState } from '../src/state/training-state.js';
import { train } from '../src/train.js';

const sizes = { teacherTrain: 0, studentTrain: 40, validation: 24, test: 0 };
const { studentTrain, validation } = syntheticData({ sizes, seed: 1 });
const inputs = studentTrain.exampleShape[0] as number;
const { classes } = studentTrain;
const model = logisticRegression({ inputs, classes });

/** A teacher whose logits are its weights times the features. */
const teacher: LiveTeacher = {
  model,
  weights: {
    parameters: [
      tensor2d(
        Array.from({ length: inputs * classes }, (_, i) => Math.sin(2 * i)),
        [inputs, classes],
      ),
      tensor1d(Array<number>(classes).fill(0)),
    ],
    statistics: [],
  },
};
const logitsOf = (examples: number) => ({
  values: Float32Array.from({ length: examples * classes }, (_, i) => 3 * Math.cos(1.7 * i)),
  examples,
  classes,
});

async function validationLosses(
  extra: Pick<MiniBatchesOptions, 'teacher' | 'teacherLogits'>,
): Promise<(number | undefined)[]> {
  const temperature = agreementTemperature({ teacherLogits: logitsOf(40), topProbability: 0.6 });
  const trainingBatches = miniBatches({ dataset: studentTrain, batchSize: 8, teacherLogits: logitsOf(40) });
  const start = startTraining({
    weights: {
      parameters: [
        tensor2d(Array<number>(inputs * classes).fill(0), [inputs, classes]),
        tensor1d(Array<number>(classes).fill(0)),
      ],
      statistics: [],
    },
    optimizer: sgd(),
    metaparameters: { distillationFraction: 0.5, temperature: 2 },
  });
  const losses: (number | undefined)[] = [];
  let last = start;
  for await (const { state, validationLoss } of train({
    problem: logitProblem({
      model,
      trainingLoss: convexMix({ scaling: 'squared' }),
      validationLoss: teacherAgreement({ temperature }),
    }),
    trainingBatches,
    iterations: 4,
    optimizer: sgd(),
    learningRate: () => 0.1,
    start,
    meta: {
      method: mixed(),
      optimizer: adamDescent({ learningRate: 0.05 }),
      validationBatches: miniBatches({ dataset: validation, batchSize: 8, ...extra }),
      controller: everyKth(2),
      space: metaparameterSpace({
        distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
        temperature: { bounds: [0.5, 20], transform: 'log' },
      }),
    },
  })) {
    last = state;
    losses.push(validationLoss);
  }
  disposeTrainingState(last);
  return losses;
}

test.each([
  ['cached logits', { teacherLogits: logitsOf(24) }],
  ['a live teacher', { teacher }],
])('a validation loss that reads the teacher takes it from %s', async (_, extra) => {
  const losses = (await validationLosses(extra)).filter((loss) => loss !== undefined);
  expect(losses).toHaveLength(2);
  for (const loss of losses) expect(loss).toBeGreaterThan(0);
});

test('a validation set without a teacher is refused before the first step', async () => {
  await expect(validationLosses({})).rejects.toThrow(
    /^logitProblem: a validation batch has no teacherLogits; expected them, since teacherAgreement\(.*\) reads them\./,
  );
});
