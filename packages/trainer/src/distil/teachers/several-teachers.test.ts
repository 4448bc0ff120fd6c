import { torchRandom } from '@metadistill/datasets';
import { countedTrust, distillation, teacherAgreement, trustMix, withFixed } from '@metadistill/losses';
import { dense, disposeWeights, model, relu } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { everyKth } from '@metadistill/trajectory';
import { fill } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { miniBatches } from '../../batches/mini-batches.js';
import { predictLogits } from '../../predict-logits.js';
import { distil } from '../distil.js';
import type { DistilOptions } from '../distil-options.js';
import type { EpochReport } from '../epoch-report.js';

const classes = 4;

/** Points of the plane, labelled by their quadrant; a share of the labels is drawn anew. */
function quadrants(name: string, examples: number, seed: number, noise: number) {
  const { uniform, integer } = torchRandom(seed);
  const points = Float32Array.from({ length: 2 * examples }, () => uniform(-1, 1));
  const truth = Array.from({ length: examples }, (_, i) => {
    const [x, y] = points.subarray(2 * i, 2 * i + 2) as unknown as [number, number];
    return (x > 0 ? 1 : 0) + (y > 0 ? 2 : 0);
  });
  const labels = Int32Array.from(truth, (label) => (uniform(0, 1) < noise ? integer(0, classes) : label));
  return { dataset: { name, examples: points, exampleShape: [2], labels, classes }, truth };
}

/** Logits of a specialist, who knows its own classes and takes each of the others for the next of them. */
const specialist = (own: readonly number[], truth: readonly number[]) => {
  const others = [0, 1, 2, 3].filter((label) => !own.includes(label));
  const said = (label: number) =>
    own.includes(label) ? label : (others[(others.indexOf(label) + 1) % others.length] as number);
  const values = Float32Array.from(
    truth.flatMap((label) => [0, 1, 2, 3].map((k) => (k === said(label) ? 4 : 0))),
  );
  return { values, examples: truth.length, classes };
};
/** Two of three are wrong about the classes 0 and 1, in the same way. */
const teachersOf = (truth: readonly number[]) =>
  [
    [0, 1],
    [2, 3],
    [2, 3],
  ].map((own) => specialist(own, truth));

const noisy = quadrants('noisy quadrants', 400, 1, 0.6);
const clean = quadrants('clean quadrants', 200, 2, 0);
const teachers = teachersOf(noisy.truth);
const student = model({
  name: 'student',
  inputShape: [2],
  classes,
  layers: [dense({ inputs: 2, outputs: 16 }), relu(), dense({ inputs: 16, outputs: classes })],
});
const options: DistilOptions<'trust[]'> & Required<Pick<DistilOptions, 'teachers'>> = {
  student,
  training: noisy.dataset,
  teachers,
  validation: clean.dataset,
  epochs: 20,
  batchSize: 32,
  seed: 3,
};
const validationTeachers = teachersOf(clean.truth);

/** Trust as shares of the experts that say these classes. */
const sharesOf = (trust: readonly number[], said: readonly number[]) => {
  const powers = said.map((label, expert) => Math.exp(trust[expert * classes + label] as number));
  return powers.map((power) => power / powers.reduce((sum, each) => sum + each));
};

async function last<Name extends string>(reports: AsyncGenerator<EpochReport<Name>>) {
  let final: EpochReport<Name> | undefined;
  for await (const report of reports) final = report;
  disposeWeights(final!.weights);
  return final!;
}

test('trusts each teacher where it is right about the validation examples', async () => {
  await expectNoLeak(async () => {
    const { metaparameters, validation, costMultiple } = await last(
      distil({ ...options, validationTeachers }),
    );
    expect(metaparameters['trust[]']).toEqual(
      countedTrust({ teachers: validationTeachers, labels: clean.dataset.labels }),
    );
    expect(validation.accuracy).toBeGreaterThan(0.9);
    expect(costMultiple).toBe(1);
  });
});

test('finds out by tuning where each is right, from equal trust, if their answers there are not known', async () => {
  await expectNoLeak(async () => {
    const untuned = await last(distil(options));
    expect(untuned.metaparameters['trust[]']).toEqual(Array(4 * classes).fill(0));
    const { metaparameters, validation, costMultiple } = await last(
      distil({ ...options, controller: everyKth(5) }),
    );
    expect(costMultiple).toBeCloseTo(4 / 3, 1);
    expect(validation.accuracy).toBeGreaterThan(untuned.validation.accuracy);
    // Of class 0 the two others say 1.
    expect(sharesOf(metaparameters['trust[]'], [0, 0, 1, 1])[1]).toBeGreaterThan(0.6);
    // Of class 3 the first says 2.
    expect(sharesOf(metaparameters['trust[]'], [3, 2, 3, 3])[1]).toBeLessThan(0.2);
  });
});

test('a teacher that is always wrong loses trust, though the student makes no mistake', async () => {
  // Away from the axes, so that any training gets all of them right.
  const apart = (name: string, examples: number, seed: number) => {
    const { dataset, truth } = quadrants(name, examples, seed, 0);
    const moved = dataset.examples.map((x) => x + Math.sign(x));
    return { dataset: { ...dataset, examples: moved }, truth };
  };
  const training = apart('quadrants apart', 400, 1);
  const values = Float32Array.from(
    training.truth.flatMap((label) => [0, 1, 2, 3].map((k) => (k === (label + 1) % classes ? 4 : 0))),
  );
  const { metaparameters, validation } = await last(
    distil({
      ...options,
      training: training.dataset,
      teachers: [{ values, examples: 400, classes }],
      validation: apart('validation', 200, 2).dataset,
      controller: everyKth(5),
    }),
  );
  expect(validation.accuracy).toBe(1);
  // Without label smoothing the validation loss is 0 in all but the first steps, and the numbers stay near 0.
  expect(Math.max(...metaparameters['trust[]'].slice(classes))).toBeLessThan(-0.5);
});

/** A teacher of the same kind as the student that knows little. */
const live = { model: student, weights: student.initialize(torchRandom(9).uniform) };
const short = { ...options, epochs: 2, controller: everyKth(5) };

test('asks live teachers about the validation examples, once, beside those whose answers there are known', async () => {
  let asked = 0;
  const counting = {
    ...live,
    model: {
      ...student,
      predict: (...of: Parameters<typeof student.predict>) => {
        asked++;
        return student.predict(...of);
      },
    },
  };
  await expectNoLeak(async () => {
    const answers = await predictLogits(
      student,
      live.weights,
      miniBatches({ dataset: clean.dataset, batchSize: 200 }),
    );
    const known = { values: answers, examples: 200, classes };
    const { labels } = clean.dataset;
    const trustIn = async (extra: Partial<typeof options>) =>
      (await last(distil({ ...options, epochs: 2, ...extra }))).metaparameters['trust[]'];
    expect(await trustIn({ teachers: [counting] })).toEqual(countedTrust({ teachers: [known], labels }));
    // The first examples, 13 batches to train on, and 7 to validate on.
    expect(asked).toBe(21);
    const mixture = [live, validationTeachers[0]!];
    expect(await trustIn({ teachers: [live, teachers[0]!], validationTeachers: mixture })).toEqual(
      countedTrust({ teachers: [known, validationTeachers[0]!], labels }),
    );
  });
});

test('takes a trustMix of your own, from counted trust, in the default bounds', async () => {
  const trust = countedTrust({ teachers: validationTeachers, labels: clean.dataset.labels });
  // That of a teacher that is never right.
  expect(Math.min(...trust)).toBeLessThan(-6);
  const { metaparameters, costMultiple } = await last(
    distil({
      ...short,
      trainingLoss: trustMix({ teachers: 3, count: classes, temperature: 2 }),
      metaparameters: { 'trust[]': trust },
    }),
  );
  expect(metaparameters['trust[]']).toHaveLength(trust.length);
  expect(metaparameters['trust[]']).not.toEqual(trust);
  expect(costMultiple).toBeGreaterThan(1);
});

test('trusts by groups of the training examples', async () => {
  // Labels of the first group are right, those of the second are drawn.
  const groups = Int32Array.from(noisy.truth, (truth, i) => Number(truth !== noisy.dataset.labels[i]));
  const { metaparameters } = await last(
    distil({
      ...options,
      controller: everyKth(2),
      groups,
      trainingLoss: trustMix({ teachers: 3, by: 'group', count: 2 }),
      metaparameters: { 'trust[]': Array<number>(8).fill(0) },
    }),
  );
  const [right, wrong] = metaparameters['trust[]'] as [number, number];
  expect(right).toBeGreaterThan(wrong);
});

const fewer = { ...teachers[1]!, examples: 399, values: teachers[1]!.values.subarray(classes) };
const foreign = { values: new Float32Array(400 * 3), examples: 400, classes: 3 };
const byGroup = {
  trainingLoss: trustMix({ teachers: 3, by: 'group', count: 2 }),
  metaparameters: { 'trust[]': Array<number>(8).fill(0) },
};
const broken = {
  ...live,
  weights: {
    ...live.weights,
    parameters: live.weights.parameters.map(({ shape }) => fill(shape, Number.NaN)),
  },
};
const trusting = withFixed(trustMix({ teachers: 3, by: 'expert' }), { 'trust[]': [0, 0, 0, 0] });
const own = { trainingLoss: trustMix({ teachers: 3, count: classes }) };

test.each<[string, Partial<DistilOptions<'trust[]'>>, string]>([
  ['no teacher', { teachers: [] }, 'distil: teachers is []; expected at least one.'],
  [
    'what is no teacher',
    { teachers: [teachers[0]!, 'ResNet' as never] },
    "distil: teachers[1] is 'ResNet'; expected a tf.LayersModel, { model, weights } or logits.",
  ],
  [
    'a teacher that is missing for an example',
    { teachers: [teachers[0]!, fewer] },
    'distil: teachers[1]: the number of rows is 399; expected 400, one per example. Were they computed on training (noisy quadrants)?',
  ],
  [
    'a teacher of other classes',
    { teachers: [foreign] },
    'distil: teachers[0]: the number of columns is 3; expected 4, one per class.',
  ],
  [
    'a teacher that is missing for a validation example',
    { validationTeachers: teachers },
    'distil: validationTeachers[0]: the number of rows is 400; expected 200, one per example. Were they computed on validation (clean quadrants)?',
  ],
  [
    'fewer teachers to validate than to train with',
    { validationTeachers: validationTeachers.slice(1) },
    'distil: the number of validationTeachers is 2; expected 3, that of teachers.',
  ],
  [
    'groups of other examples',
    { groups: Int32Array.of(1) },
    'distil: groups has 1 entries; expected 400, one for each example of training (noisy quadrants).',
  ],
  [
    'a group that is no whole number',
    { groups: Float32Array.from({ length: 400 }, () => 0.5) as never },
    'distil: groups[0] is 0.5; expected a whole number at least 0.',
  ],
  [
    'a group below 0 in a plain array',
    { groups: Array.from({ length: 400 }, (_, i) => (i === 399 ? -1 : 0)) as never },
    'distil: groups[399] is -1; expected a whole number at least 0.',
  ],
  [
    'a group of the last example that the loss does not have',
    { ...byGroup, groups: Int32Array.from({ length: 400 }, (_, i) => (i === 399 ? 2 : 0)) },
    'distil: trainingLoss does not fit: trustMix: targets.groups has group 2; expected 0..1',
  ],
  [
    'a loss by group without groups',
    byGroup,
    'distil: trainingLoss does not fit: trustMix: targets.groups is undefined',
  ],
  [
    'a loss of other classes',
    { trainingLoss: trustMix({ teachers: 3, count: 3 }), metaparameters: { 'trust[]': Array(12).fill(0) } },
    'distil: trainingLoss does not fit: trustMix: count is 3; expected 4, the number of classes.',
  ],
  [
    'trust that is no number',
    { metaparameters: { 'trust[]': Array.from({ length: 16 }, (_, i) => (i === 3 ? Number.NaN : 0)) } },
    'distil: metaparameters.trust[][3] is NaN; expected a finite number',
  ],
  [
    'a live teacher whose weights are not finite',
    { teachers: [teachers[0]!, broken] },
    'distil: teachers[1]: the logit of row 0, class 0 is NaN; expected a finite number.',
  ],
  [
    'dials that are not as many as teachers and classes',
    { metaparameters: { 'trust[]': [0, 0] } },
    'distil: trust[] is an array of 2; expected an array of 16 numbers.',
  ],
  [
    'dials that do not fit a loss of your own',
    { ...own, metaparameters: { 'trust[]': [0, 0] } },
    'distil: trust[] is an array of 2; expected an array of 16 numbers.',
  ],
  [
    'a misspelt array',
    { metaparameters: { 'trusts[]': [] } as never },
    "distil: metaparameters: unknown option 'trusts[]'; did you mean 'trust[]'?",
  ],
  ['a start that is left out', own, 'distil: metaparameters is undefined; expected values of trust[]'],
  [
    'a loss of other teachers',
    { trainingLoss: trustMix({ teachers: 2, count: classes }), metaparameters: { 'trust[]': [] } },
    'distil: the number of teachers is 3; expected 2, as trustMix(teachers=2',
  ],
  [
    'an objective that needs the teachers on the validation examples',
    { validationLoss: trusting },
    'distil: the number of validationTeachers is 0; expected 3, as trustMix(',
  ],
  [
    'an objective that needs one teacher on the validation examples',
    { validationLoss: teacherAgreement({ temperature: 4 }) },
    'distil: validationTeacherLogits is undefined; expected the teacher',
  ],
])('%s is refused before the first step, and nothing leaks', async (_, change, message) => {
  const learningRate = () => {
    throw new Error('a step is taken');
  };
  await expectNoLeak(async () => {
    await expect(last(distil({ ...short, learningRate, ...change }))).rejects.toThrow(message);
  });
});

test('a loss of one teacher asks for it by its name', async () => {
  const wrong = {
    ...options,
    trainingLoss: distillation({ scaling: 'squared' }),
    metaparameters: { temperature: 2 },
  };
  await expect(distil(wrong as never).next()).rejects.toThrow(
    'distil: teacherLogits and teacher are undefined; expected one of them, as distillation(',
  );
});
