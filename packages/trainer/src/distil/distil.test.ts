import { torchRandom } from '@metadistill/datasets';
import { metaparameterSpace, sgd } from '@metadistill/hypergrad';
import { crossEntropy, smoothedCrossEntropy, weightedExamples, withFixed } from '@metadistill/losses';
import { dense, disposeWeights, model, relu } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { everyKth } from '@metadistill/trajectory';
import { fill, findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { miniBatches } from '../batches/mini-batches.js';
import { predictLogits } from '../predict-logits.js';
import { distil } from './distil.js';
import type { DistilOptions } from './distil-options.js';
import type { EpochReport } from './epoch-report.js';
import { adamRate, metaRate } from './plan/distil-defaults.js';

/** Points of the plane; the label says on which side of a circle. A fifth of the training labels are wrong. */
function circle(name: string, examples: number, seed: number, wrongLabels: number) {
  const { uniform } = torchRandom(seed);
  const points = Float32Array.from({ length: 2 * examples }, () => uniform(-1, 1));
  const truth = Array.from({ length: examples }, (_, i) =>
    (points[2 * i] as number) ** 2 + (points[2 * i + 1] as number) ** 2 < 0.5 ? 1 : 0,
  );
  const labels = Int32Array.from(truth, (label) => (uniform(0, 1) < wrongLabels ? 1 - label : label));
  const dataset = { name, examples: points, exampleShape: [2], labels, classes: 2 };
  // A teacher that knows the truth and is sure of it.
  const values = Float32Array.from(truth.flatMap((label) => (label === 1 ? [-2, 2] : [2, -2])));
  return { dataset, teacherLogits: { values, examples, classes: 2 } };
}

const student = model({
  name: 'student',
  inputShape: [2],
  classes: 2,
  layers: [dense({ inputs: 2, outputs: 16 }), relu(), dense({ inputs: 16, outputs: 2 })],
});

const noisy = circle('noisy circle', 256, 1, 0.4);
const options: DistilOptions = {
  student,
  training: noisy.dataset,
  teacherLogits: noisy.teacherLogits,
  validation: circle('clean circle', 256, 2, 0).dataset,
  epochs: 20,
  batchSize: 32,
  learningRate: 0.02,
  seed: 3,
};

const controller = everyKth(5);

async function lastReport(extra: Partial<DistilOptions> = {}): Promise<EpochReport> {
  let last: EpochReport | undefined;
  for await (const report of distil({ ...options, ...extra })) last = report;
  return last as EpochReport;
}

test('learns to trust a teacher that is right where labels are wrong', async () => {
  const { metaparameters, validation, costMultiple, weights } = await lastReport({
    controller,
    metaparameters: { distillationFraction: 0.5, temperature: 2 },
  });
  expect(metaparameters.distillationFraction).toBeGreaterThan(0.6);
  expect(validation.accuracy).toBeGreaterThan(0.9);
  // Exact hypergradients in every 5th of 160 iterations: (8 + 4 · 3) / 15.
  expect(costMultiple).toBeCloseTo(4 / 3, 6);
  disposeWeights(weights);
});

test('learns to distrust a teacher that is always wrong', async () => {
  const values = noisy.teacherLogits.values.map((logit) => -logit);
  const labelled = circle('clean circle', 256, 1, 0);
  const { metaparameters, weights } = await lastReport({
    training: labelled.dataset,
    teacherLogits: { ...labelled.teacherLogits, values },
    controller,
    metaparameters: { distillationFraction: 0.5, temperature: 2 },
  });
  expect(metaparameters.distillationFraction).toBeLessThan(0.4);
  disposeWeights(weights);
});

test('by default it keeps to a share of 0.9 and the temperature that suits the teacher, at the price of plain training', async () => {
  const { metaparameters, validation, costMultiple, weights } = await lastReport();
  // The teacher's logits are 4 apart, and 29/36 of two classes is log(29/7) apart.
  expect(metaparameters.temperature).toBeCloseTo(4 / Math.log(29 / 7), 4);
  expect(metaparameters.distillationFraction).toBe(0.9);
  expect(validation.accuracy).toBeGreaterThan(0.9);
  expect(costMultiple).toBe(1);
  disposeWeights(weights);
});

test('what is left out of the metaparameters has its default', async () => {
  const softer = await lastReport({ metaparameters: { temperature: 10 } });
  expect(softer.metaparameters).toEqual({ distillationFraction: 0.9, temperature: 10 });
  const half = await lastReport({ metaparameters: { distillationFraction: 0.5 } });
  expect(half.metaparameters.temperature).toBeCloseTo(4 / Math.log(29 / 7), 4);
  expect(half.metaparameters.distillationFraction).toBe(0.5);
  for (const { weights } of [softer, half]) disposeWeights(weights);
});

test.each([{ controller }, {}])(
  'a student that is better than its teacher stops listening to it: %j',
  async (extra) => {
    const wrong = (name: string, seed: number) => {
      const { dataset, teacherLogits } = circle(name, 256, seed, 0);
      return { dataset, logits: { ...teacherLogits, values: teacherLogits.values.map((logit) => -logit) } };
    };
    const [training, validation] = [wrong('training', 1), wrong('validation', 2)];
    const { metaparameters, teacherAccuracy, weights } = await lastReport({
      training: training.dataset,
      teacherLogits: training.logits,
      validation: validation.dataset,
      validationTeacherLogits: validation.logits,
      ...extra,
    });
    expect(teacherAccuracy).toBe(0);
    expect(metaparameters.distillationFraction).toBe(0);
    disposeWeights(weights);
  },
);

test('trains and tunes a loss of your own', async () => {
  const { teacherLogits, ...rest } = options;
  let last: EpochReport<'labelSmoothing'> | undefined;
  for await (const report of distil({
    ...rest,
    teacherLogits: teacherLogits!,
    epochs: 3,
    trainingLoss: smoothedCrossEntropy(),
    validationLoss: crossEntropy(),
    metaparameters: { labelSmoothing: 0.2 },
    space: metaparameterSpace({ labelSmoothing: { bounds: [0, 0.9] } }),
    controller,
  })) {
    last = report;
  }
  expect(last!.metaparameters.labelSmoothing).not.toBe(0.2);
  disposeWeights(last!.weights);
});

test('asks for no teacher that no loss reads', async () => {
  const { teacherLogits: _, space: __, ...rest } = options;
  const reports = distil({
    ...rest,
    epochs: 1,
    trainingLoss: smoothedCrossEntropy(),
    metaparameters: { labelSmoothing: 0.2 },
  });
  for await (const { trainingLoss, weights } of reports) {
    expect(trainingLoss).toBeGreaterThan(0);
    disposeWeights(weights);
  }
});

test('an optimizer of your own has no default rate', async () => {
  const { learningRate: _, ...rest } = options;
  await expect(distil({ ...rest, optimizer: sgd() }).next()).rejects.toThrow(
    'distil: learningRate is undefined; expected a number or a schedule, as optimizer is your own.',
  );
});

test.each([
  [10, 0.1],
  [600, 0.03],
  [1800, 0.01],
  [90_000, 0.01],
])('a training of %i iterations starts at a rate of %s', (iterations, rate) => {
  const student = { parameters: [{ name: 'weight', shape: [2, 3] }], statistics: [] };
  expect(adamRate(iterations, student)).toBeCloseTo(rate, 12);
});

test('a convolutional student starts at 0.01, unless it has batch norm', () => {
  const parameters = [[3, 3, 1, 4], [4], [4, 4], [4], [4, 2]].map((shape) => ({ name: 'weight', shape }));
  expect(adamRate(10, { parameters, statistics: [] })).toBe(0.01);
  expect(adamRate(10, { parameters, statistics: [{ name: 'runningMean', shape: [4] }] })).toBe(0.1);
});

test('trust that was counted moves more slowly than trust and weights that start equal', () => {
  expect(metaRate({ distillationFraction: 0.9, temperature: 4 })).toBe(0.1);
  expect(metaRate({ 'trust[]': [0, 0, 0, 0] })).toBe(0.2);
  expect(metaRate({ 'trust[]': [0, 0, -1, 2] })).toBe(0.05);
  expect(metaRate({ 'logWeight[]': [0, 0] })).toBe(0.2);
});

test('a loss of your own has no defaults', async () => {
  const own = { ...options, trainingLoss: smoothedCrossEntropy() } as never;
  await expect(distil(own).next()).rejects.toThrow(
    'distil: metaparameters is undefined; expected values of labelSmoothing',
  );
  const tuned = {
    ...options,
    trainingLoss: smoothedCrossEntropy(),
    metaparameters: { labelSmoothing: 0 },
    controller,
  };
  await expect(distil(tuned as never).next()).rejects.toThrow(
    'distil: space is undefined; expected the bounds of labelSmoothing',
  );
});

test('leaves nothing behind but the weights of the last report', async () => {
  await expectNoLeak(async () => {
    const { weights } = await lastReport({ epochs: 2 });
    disposeWeights(weights);
  });
});

test('the same seed gives the same student', async () => {
  const [a, b] = [await lastReport({ epochs: 2 }), await lastReport({ epochs: 2 })];
  expect(a.validation).toEqual(b.validation);
  expect(a.metaparameters).toEqual(b.metaparameters);
  for (const { weights } of [a, b]) disposeWeights(weights);
});

test('an abort in mid-epoch leaves the last report valid', async () => {
  const aborter = new AbortController();
  let last: EpochReport | undefined;
  await expectNoLeak(async () => {
    await expect(
      (async () => {
        for await (const report of distil({ ...options, signal: aborter.signal })) {
          last = report;
          if (report.epoch === 1) aborter.abort();
        }
      })(),
    ).rejects.toThrow('aborted');
    expect(last?.weights.parameters[0]?.dataSync()).toHaveLength(32);
    disposeWeights((last as EpochReport).weights);
  });
});

test('an abort is heard while a live teacher answers', async () => {
  const { teacherLogits: _, ...rest } = options;
  const aborter = new AbortController();
  let asked = 0;
  const teacher = {
    model: {
      ...student,
      predict: ((...args: Parameters<typeof student.predict>) => {
        if (++asked === 2) aborter.abort();
        return student.predict(...args);
      }) as typeof student.predict,
    },
    weights: student.initialize(torchRandom(9).uniform),
  };
  await expectNoLeak(async () => {
    await expect(distil({ ...rest, teacher, signal: aborter.signal }).next()).rejects.toThrow('aborted');
  });
  expect(asked).toBe(2);
  disposeWeights(teacher.weights);
});

test('reports what metaparameters are tuned on', async () => {
  const tuned = await lastReport({ epochs: 2, controller });
  // Cross-entropy of two classes, which an even guess has at 0.69.
  expect(tuned.tuningLoss).toBeGreaterThan(0);
  expect(tuned.tuningLoss).toBeLessThan(0.8);
  const plain = await lastReport({ epochs: 2 });
  expect(plain.tuningLoss).toBeUndefined();
  disposeWeights(tuned.weights);
  disposeWeights(plain.weights);
});

test('a live teacher leads where its logits lead', async () => {
  const teacher = { model: student, weights: student.initialize(torchRandom(9).uniform) };
  const values = await predictLogits(
    student,
    teacher.weights,
    miniBatches({ dataset: noisy.dataset, batchSize: 256 }),
  );
  const teacherLogits = { values, examples: 256, classes: 2 };
  const course = async (extra: Partial<DistilOptions>) => {
    const { teacherLogits: _, ...rest } = options;
    let last: EpochReport | undefined;
    for await (const report of distil({ ...rest, epochs: 2, ...extra })) last = report;
    disposeWeights(last!.weights);
    return last!;
  };
  await expectNoLeak(async () => {
    const [live, cached] = [await course({ teacher }), await course({ teacherLogits })];
    expect(live.trainingLoss).toBeCloseTo(cached.trainingLoss, 6);
    expect(live.metaparameters.temperature).toBeCloseTo(cached.metaparameters.temperature, 5);
  });
  disposeWeights(teacher.weights);
});

test('asks for a teacher', async () => {
  const { teacherLogits: _, ...withoutTeacher } = options;
  await expect(distil(withoutTeacher).next()).rejects.toThrow(
    'teacher, teacherLogits, teacherProbabilities and teachers are undefined',
  );
});

const { dataset, teacherLogits } = noisy;
const brokenTeacher = {
  model: student,
  weights: {
    parameters: student
      .initialize(torchRandom(9).uniform)
      .parameters.map(({ shape }) => fill(shape, Number.NaN)),
    statistics: [],
  },
};
const withNaN = teacherLogits.values.map((value, i) => (i === 511 ? Number.NaN : value));

test.each<[string, Partial<DistilOptions>, string]>([
  [
    'layers in place of a model',
    { student: [] as never },
    'distil: student is []; expected a tf.LayersModel, or the result of model() of @metadistill/models.',
  ],
  [
    'no validation set',
    { validation: undefined as never },
    'distil: validationData, validationSplit and validation are undefined; expected one of them',
  ],
  [
    'the name of an optimizer',
    { optimizer: 'adam' as never },
    "distil: optimizer is 'adam'; expected an optimizer itself. Pass tf.train.adam(0.001), or leave it out.",
  ],
  [
    'a controller that was not called',
    { controller: (() => {}) as never },
    'distil: controller is function controller; expected a controller. Pass everyKth(5)',
  ],
  [
    'an option that it does not have',
    { learningrate: 0.1 } as object,
    "distil: unknown option 'learningrate'; did you mean 'learningRate'?",
  ],
  [
    'a misspelt metaparameter',
    { metaparameters: { distillationFraction: 0.5, temprature: 2 } as never },
    "distil: metaparameters: unknown option 'temprature'; did you mean 'temperature'?",
  ],
  [
    'a metaparameter that is no number',
    { metaparameters: { distillationFraction: 0.5, temperature: '2' } as never },
    "distil: metaparameters.temperature is '2'; expected a number.",
  ],
  ['no seed', { seed: undefined as never }, 'distil: seed is undefined; expected a whole number, such as 1.'],
  ['a part of a seed', { seed: 0.5 }, 'distil: seed is 0.5; expected a whole number'],
  ['epochs in words', { epochs: '3' as never }, "distil: epochs is '3'; expected a whole number"],
  [
    'no meta learning rate',
    { controller, metaLearningRate: 0 },
    'distil: metaLearningRate is 0; expected a number above 0.',
  ],
  [
    'a teacher without weights',
    { teacherLogits: undefined as never, teacher: { model: student } as never },
    'distil: teacher.weights is undefined; expected weights.',
  ],
  ['no epochs', { epochs: 0 }, 'distil: epochs is 0; expected a whole number, 1 or more, such as 20.'],
  ['a part of an epoch', { epochs: 1.5 }, 'distil: epochs is 1.5'],
  ['batches of none', { batchSize: 0 }, 'distil: batchSize is 0; expected a positive integer.'],
  [
    'a temperature that tuning may not reach',
    { metaparameters: { distillationFraction: 0.5, temperature: 0.5 }, controller },
    'distil: temperature starts at 0.5; expected a value inside its bounds [1, 50].',
  ],
  [
    'a label out of range',
    { training: { ...dataset, labels: dataset.labels.map((label, i) => (i === 255 ? 2 : label)) } },
    'distil: training (noisy circle): the label of example 255 is 2; expected an integer, 0 to 1.',
  ],
  [
    'a validation label out of range',
    { validation: { ...dataset, labels: dataset.labels.map(() => -1) } },
    'distil: validation (noisy circle): the label of example 0 is -1',
  ],
  [
    'a normalization of features',
    { normalization: { mean: [0, 0], std: [1, 1] } },
    'distil: normalization is given for training (noisy circle), which has features; expected images.',
  ],
  [
    'fewer examples than labels',
    { training: { ...dataset, examples: dataset.examples.subarray(2) } },
    'distil: training (noisy circle): the length of examples is 510; expected 512, 256 of shape [2].',
  ],
  [
    'logits of fewer rows',
    { teacherLogits: { ...teacherLogits, examples: 100 } },
    'distil: teacherLogits: the number of rows is 100; expected 256, one per example.',
  ],
  [
    'logits of other classes',
    { teacherLogits: { ...teacherLogits, classes: 3 } },
    'the number of columns is 3; expected 2, one per class.',
  ],
  [
    'too few logits',
    { teacherLogits: { ...teacherLogits, values: teacherLogits.values.subarray(2) } },
    'the number of values is 510; expected 512',
  ],
  [
    'a logit that is not finite',
    { teacherLogits: { ...teacherLogits, values: withNaN } },
    'the logit of row 255, class 1 is NaN; expected a finite number.',
  ],
  [
    'training data of other classes than the student',
    { training: { ...dataset, classes: 3 } },
    'distil: student has 2 classes; expected 3, as training (noisy circle) has.',
  ],
  [
    'validation data of other classes than the student',
    { validation: { ...dataset, classes: 3 } },
    'distil: student has 2 classes; expected 3, as validation (noisy circle) has.',
  ],
  [
    'training data of another shape than the student takes',
    { training: { ...dataset, exampleShape: [2, 1] } },
    'distil: student takes inputs of shape [2]; expected [2,1], as training (noisy circle) has.',
  ],
  [
    'validation data of another shape than the student takes',
    { validation: { ...dataset, exampleShape: [1, 2] } },
    'distil: student takes inputs of shape [2]; expected [1,2], as validation (noisy circle) has.',
  ],
  [
    'validation examples in a plain array',
    { validation: { ...dataset, examples: [...dataset.examples] as never } },
    'distil: validation (noisy circle): examples is [',
  ],
  [
    'logits in a plain array',
    { teacherLogits: { ...teacherLogits, values: [...teacherLogits.values] as never } },
    'distil: teacherLogits: values is [',
  ],
  [
    'validation logits of fewer rows',
    { validationTeacherLogits: { ...teacherLogits, examples: 100 } },
    'distil: validationTeacherLogits: the number of rows is 100; expected 256, one per example. Were they computed on validation (clean circle)?',
  ],
  [
    'a share above 1',
    { metaparameters: { distillationFraction: 1.5, temperature: 2 } },
    'distil: metaparameters.distillationFraction is 1.5; expected a number in [0, 1]',
  ],
  [
    'a temperature of 0',
    { metaparameters: { distillationFraction: 0.5, temperature: 0 } },
    'distil: metaparameters.temperature is 0; expected a finite number above 0',
  ],
  [
    'a start that is no number',
    { metaparameters: { distillationFraction: Number.NaN, temperature: 2 } },
    'distil: metaparameters.distillationFraction is NaN; expected a number in [0, 1]',
  ],
  [
    'a training loss that was not called',
    { trainingLoss: crossEntropy as never },
    'distil: trainingLoss is function crossEntropy; expected a loss of logits. Pass crossEntropy() of @metadistill/losses.',
  ],
  [
    'the name of a loss',
    { validationLoss: 'ce' as never },
    "distil: validationLoss is 'ce'; expected a loss of logits.",
  ],
  [
    'a signal that is none',
    { signal: true as never },
    'distil: signal is true; expected an abort signal. Pass new AbortController().signal.',
  ],
  [
    'an empty space',
    { space: {} as never, controller },
    'distil: space is {}; expected a metaparameter space.',
  ],
  [
    'a space without a controller',
    {
      space: metaparameterSpace({
        distillationFraction: { bounds: [0, 1] },
        temperature: { bounds: [1, 9] },
      }),
    },
    'distil: space is given and controller is undefined; expected both or neither',
  ],
  [
    'an objective with metaparameters of its own',
    { validationLoss: smoothedCrossEntropy() as never },
    'expected a loss without metaparameters. Hold them constant with withFixed()',
  ],
  [
    'an objective that reads groups',
    {
      controller,
      validationLoss: withFixed(weightedExamples({ loss: crossEntropy(), by: 'group', count: 2 }), {
        'logWeight[]': [0, 0],
      }),
    },
    'distil: validationLoss does not fit: weightedExamples: targets.groups is undefined',
  ],
  [
    'a meta learning rate and no controller',
    { metaLearningRate: 0.1 },
    'distil: metaLearningRate is given and controller is undefined; expected both or neither',
  ],
  [
    "a live teacher's logits on the validation examples",
    {
      teacherLogits: undefined as never,
      teacher: brokenTeacher,
      validationTeacherLogits: teacherLogits,
    },
    'distil: teacher and validationTeacherLogits are both given; expected one of them',
  ],
  [
    'one teacher and several',
    { teachers: [teacherLogits] },
    'distil: teacherLogits and teachers are both given; expected teachers alone, as no loss reads the other.',
  ],
  [
    'a live teacher whose weights are not finite',
    { teacherLogits: undefined as never, teacher: brokenTeacher },
    'distil: teacher: the logit of row 0, class 0 is NaN; expected a finite number.',
  ],
])('%s is refused before the first step, and nothing leaks', async (_, change, message) => {
  let steps = 0;
  const learningRate = () => {
    steps++;
    return 0.1;
  };
  await expectNoLeak(async () => {
    await expect(lastReport({ learningRate, ...change })).rejects.toThrow(message);
  });
  expect(steps).toBe(0);
});

test('a student that diverges in the last step of an epoch is named so', async () => {
  let last: EpochReport | undefined;
  await expectNoLeak(async () => {
    const reports = distil({ ...options, learningRate: (i) => (i === 15 ? 1e30 : 0.02) });
    await expect(
      (async () => {
        for await (const report of reports) last = report;
      })(),
    ).rejects.toThrow(/^train: the student's logit of a validation example is .* at iteration 16/);
    expect(last?.epoch).toBe(0);
    disposeWeights(last!.weights);
  });
});

test('a learning rate of 0 is refused', async () => {
  await expect(lastReport({ learningRate: 0 })).rejects.toThrow(
    'distil: learningRate is 0; expected a number above 0.',
  );
});

test('asks for a backend where TensorFlow.js has none', async () => {
  const cpu = findBackendFactory('cpu');
  removeBackend('cpu');
  try {
    await expect(lastReport()).rejects.toThrow(
      "distil: TensorFlow.js has no backend that works (No backend found in registry.); expected one. Import one first, such as '@tensorflow/tfjs-backend-cpu'.",
    );
  } finally {
    registerBackend('cpu', cpu);
    await setBackend('cpu');
  }
});
