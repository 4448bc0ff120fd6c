import { torchRandom } from '@metadistill/datasets';
import { composedProblem, logitProblem } from '@metadistill/hypergrad';
import { composeLoss, crossEntropy } from '@metadistill/losses';
import { batchNorm, dense, features, type Model, model, relu } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { everyKth } from '@metadistill/trajectory';
import { oneHot, tensor1d } from '@tensorflow/tfjs-core';
import { model as functional, input, layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { distil, predictLogits } from '../src/index.js';

// What a user of tfjs-layers gets wrong first. Each is refused before the first step, in a sentence that names what it is.

const { uniform } = torchRandom(1);

/** Examples whose label is the sign of the first number. */
function setOf(count: number, { size = 4, classes = 2, name = 'mine' } = {}) {
  const examples = Float32Array.from({ length: count * size }, () => uniform(-1, 1));
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  return { name, examples, exampleShape: [size], labels, classes };
}

const training = setOf(41);
const validation = setOf(17);
const teacherLogits = { values: new Float32Array(41 * 2).map((_, i) => i % 3), examples: 41, classes: 2 };

const net = (normalized = false): Model =>
  model({
    name: 'net',
    inputShape: [4],
    classes: 2,
    layers: [
      dense({ inputs: 4, outputs: 3 }),
      ...(normalized ? [batchNorm({ channels: 3 })] : []),
      relu(),
      dense({ name: 'logits', inputs: 3, outputs: 2 }),
    ],
  }) as Model;

const kerasNet = () => sequential({ layers: [layers.dense({ inputShape: [4], units: 2 })] });

/** Two inputs, by the names that they are given. */
const twoInputs = (...names: [string, string]) => {
  const inputs = names.map((name) => input({ shape: [2], name }));
  const joined = layers.concatenate().apply(inputs);
  return functional({ inputs, outputs: layers.dense({ units: 2 }).apply(joined) as never });
};
const ofArrays = { training: undefined, validation: undefined, x: [[1, 2]], y: [0], validationSplit: 0.5 };
const ofTeacher = { ...ofArrays, teacherLogits: undefined };
const mixed = 'Pass metaparameters: { distillationFraction: 0.9, temperature: 10 }, or one of the two.';
const twice = kerasNet();

const options = { student: net(), training, teacherLogits, validation, epochs: 2, batchSize: 8, seed: 1 };

test.each<[string, object, string]>([
  [
    'a last training batch of one example under batch norm',
    { student: net(true) },
    'distil: batchSize is 8, which leaves a last batch of 1 of the 41 examples of training (mine); expected 2 or more, as the ' +
      'student refuses it (',
  ],
  [
    'the same of a LayersModel',
    {
      student: sequential({
        layers: [layers.dense({ inputShape: [4], units: 2 }), layers.batchNormalization({ name: 'norm' })],
      }),
    },
    'student refuses it (norm has 1 value per channel, and gives the same for any example)',
  ],
  ['its remedy', { student: net(true) }, 'Pass batchSize: 7, or one example less.'],
  [
    'a last validation batch of one example under batch norm, if metaparameters are tuned on it',
    { student: net(true), batchSize: 16, controller: everyKth(40) },
    'distil: batchSize is 16, which leaves a last batch of 1 of the 17 examples of validation (mine)',
  ],
  [
    'a validation set of other classes',
    { validation: setOf(20, { classes: 3 }) },
    'distil: student has 2 classes; expected 3, as validation (mine) has. Make one with as many outputs.',
  ],
  [
    'a training set of other classes',
    { training: setOf(41, { classes: 3 }) },
    'distil: student has 2 classes; expected 3, as training (mine) has.',
  ],
  [
    'a validation set of another shape',
    { validation: setOf(20, { size: 5 }) },
    'distil: student takes inputs of shape [4]; expected [5], as validation (mine) has.',
  ],
  [
    'one class',
    {
      student: model({
        name: 'one',
        inputShape: [4],
        classes: 1,
        layers: [dense({ inputs: 4, outputs: 1 })],
      }),
      training: setOf(41, { classes: 1 }),
      validation: setOf(17, { classes: 1 }),
      teacherLogits: { values: new Float32Array(41), examples: 41, classes: 1 },
    },
    'distil: student has 1 class; expected 2 or more.',
  ],
  [
    'one-hot labels in a data set',
    { training: { ...training, labels: new Float32Array(82) } },
    'distil: training (mine): the length of labels is 82; expected 41, a whole number for each example. Take the place of the 1',
  ],
  [
    'one-hot labels in a data set, as whole numbers',
    { training: { ...training, labels: Int32Array.from({ length: 82 }, (_, i) => i % 2) } },
    'distil: training (mine): the length of labels is 82; expected 41, a whole number for each example.',
  ],
  [
    'a tensor for labels in a data set',
    { training: { ...training, labels: tensor1d([1]) } },
    'distil: training (mine): labels is a Tensor; expected an Int32Array',
  ],
  [
    'arrays of arrays for examples in a data set',
    { training: { ...training, examples: [[1, 2, 3, 4]] } },
    'distil: training (mine): examples is [an array]; expected',
  ],
  [
    'a student with nothing to train',
    {
      student: (() => {
        const frozen = kerasNet();
        frozen.trainable = false;
        return frozen;
      })(),
    },
    'has 0 trainable weights; expected at least one. Set trainable = true.',
  ],
  [
    'examples for one of two inputs',
    {
      ...ofArrays,
      student: twoInputs('left', 'right'),
    },
    'expected a list of 2, one for each input of',
  ],
  [
    'one teacher for teachers',
    { ...ofTeacher, teachers: kerasNet() },
    'distil: teachers is a Sequential; expected an array',
  ],
  ['its remedy', { ...ofTeacher, teachers: kerasNet() }, 'Pass [it], or a single one as teacher.'],
  [
    'the student for its teacher',
    { ...ofTeacher, teacher: twice, student: twice },
    'distil: teacher and student are the same tf.LayersModel, ',
  ],
  [
    'the student among its teachers',
    { ...ofTeacher, teachers: [kerasNet(), twice], student: twice },
    'distil: teachers[1] and student are the same tf.LayersModel, ',
  ],
  [
    'a teacher of one input for a student of two',
    { ...ofTeacher, teacher: kerasNet(), student: twoInputs('left', 'right') },
    'expected 2 inputs (left, right), as the student has. Both get every example of x.',
  ],
  [
    'a teacher that takes its inputs the other way round',
    { ...ofTeacher, teacher: twoInputs('right', 'left'), student: twoInputs('left', 'right') },
    'distil: teacher takes its inputs in the order right, left; expected left, right, as the student does.',
  ],
  ['temperature as an option', { temperature: 10 }, `distil: unknown option 'temperature'. ${mixed}`],
  ['alpha', { alpha: 0.1 }, `distil: unknown option 'alpha'. ${mixed} The fraction is 1 − alpha`],
  ['lr', { lr: 0.1 }, "distil: unknown option 'lr'. Pass learningRate: 0.001."],
  [
    'verbose',
    { verbose: 0 },
    "distil: unknown option 'verbose'. To see how far a run is, pass callbacks: progressBar()",
  ],
  [
    'shuffle',
    { shuffle: true },
    "distil: unknown option 'shuffle'. Examples are always shuffled, by seed: leave it out.",
  ],
  [
    'loss',
    { loss: 'meanSquaredError' },
    "distil: unknown option 'loss'. Leave it out, or pass trainingLoss, a loss",
  ],
  [
    'validation_split',
    { validation_split: 0.1 },
    "unknown option 'validation_split'; did you mean 'validationSplit'?",
  ],
  [
    'no epochs',
    { epochs: undefined },
    'distil: epochs is undefined; expected a whole number, 1 or more, such as 20.',
  ],
  [
    'true for earlyStopping',
    { earlyStopping: true },
    "expected an object such as { monitor: 'val_acc', patience: 3 }.",
  ],
])('%s: a sentence before the first step, and nothing leaks', async (_, change, message) => {
  let steps = 0;
  const learningRate = () => {
    steps++;
    return 0.1;
  };
  await expectNoLeak(async () => {
    await expect(distil({ ...options, learningRate, ...change } as never)).rejects.toThrow(message);
  });
  expect(steps).toBe(0);
});

test('no options at all: a call to copy', async () => {
  await expect(distil(undefined as never)).rejects.toThrow(
    'distil: options is undefined; expected an object such as { teacher, student, x, y, validationSplit: 0.1, epochs: 20, seed: 1 }.',
  );
});

test('functions that take a model of ours say so of a LayersModel', async () => {
  const mine = kerasNet();
  const loss = crossEntropy();
  const expected = /: model is a Sequential; expected a model/;
  expect(() => features(mine as never, [] as never)).toThrow(/features: model is a Sequential; expected/);
  expect(() => logitProblem({ model: mine as never, trainingLoss: loss, validationLoss: loss })).toThrow(
    expected,
  );
  expect(() => composedProblem({ model: mine, loss: composeLoss({ terms: [] as never }) } as never)).toThrow(
    /expected/,
  );
  await expect(predictLogits(mine as never, {} as never, {} as never)).rejects.toThrow(expected);
});

test('a batch of one is no trouble for a student without batch norm', async () => {
  const { reports, weights } = await distil(options);
  expect(reports).toHaveLength(2);
  for (const tensor of [...weights!.parameters, ...weights!.statistics]) tensor.dispose();
});

test('the teacher may be frozen', async () => {
  const teacher = kerasNet();
  teacher.trainable = false;
  const { reports } = await distil({
    student: kerasNet(),
    teacher,
    x: training.examples,
    y: oneHot(tensor1d(training.labels, 'int32'), 2),
    validationSplit: 0.2,
    epochs: 1,
    seed: 1,
  });
  expect(reports[0]!.teacherAccuracy).toBeGreaterThanOrEqual(0);
});
