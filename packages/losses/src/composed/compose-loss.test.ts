import { expectNoLeak, inFloat64 } from '@metadistill/testing';
import { type Tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { crossEntropy } from '../classification/cross-entropy.js';
import { distillation } from '../distillation/distillation.js';
import { hint } from '../features/hint.js';
import { similarityPreserving } from '../features/similarity-preserving.js';
import { composeLoss } from './compose-loss.js';

const loss = composeLoss({
  terms: [
    { name: 'classification', loss: crossEntropy(), weight: 0.1 },
    { name: 'distillation', loss: distillation({ scaling: 'squared' }), weight: 'distillationWeight' },
    {
      name: 'hint',
      featureLoss: hint(),
      studentLayer: 'block1',
      teacherLayer: 'stage2',
      weight: 'hintWeight',
    },
    {
      name: 'similarity',
      featureLoss: similarityPreserving(),
      studentLayer: 'block1',
      teacherLayer: 'stage3',
      weight: 3,
    },
  ],
});
const values = { distillationWeight: 0.9, hintWeight: 2, temperature: 4 };

const inputs = (shift = 0) => ({
  studentLogits: tensor2d([1 + shift, 0.5, 0.2, 1.4], [2, 2]),
  targets: { labels: tensor1d([0, 1], 'int32'), teacherLogits: tensor2d([3, 1, -1, 2], [2, 2]) },
  studentFeatures: { block1: tensor2d([1 + shift, 2, 3, -1, 0, 2], [2, 3]) },
  teacherFeatures: {
    stage2: tensor2d([0, 2, 3, 1, 1, 1], [2, 3]),
    stage3: tensor2d([1, 2, 3, 1], [2, 2]),
  },
});

const first = (tensor: Tensor | undefined) => tensor?.dataSync()[0] as number;

test('lists the weights that are tuned and the metaparameters of the terms', () => {
  expect(loss.metaparameters).toEqual(['distillationWeight', 'hintWeight', 'temperature']);
});

test('the gradient has a part for the logits and one for each layer, equal to difference quotients', () => {
  inFloat64(() =>
    tidy(() => {
      const { gradient } = loss.valueAndGradient(inputs(), values);
      const at = (shift: number) => first(loss.valueAndGradient(inputs(shift), values).value);
      // The shift moves the first logit and the first feature together.
      const expected = (at(1e-5) - at(-1e-5)) / 2e-5;
      expect(first(gradient.logits) + first(gradient.features.block1)).toBeCloseTo(expected, 8);
    }),
  );
});

test('derivatives by every metaparameter are difference quotients of value and gradient', () => {
  inFloat64(() =>
    tidy(() => {
      const slopes = loss.metaparameterGradient(inputs(), values);
      const derivatives = loss.mixedDerivatives(inputs(), values);
      for (const name of loss.metaparameters as ('temperature' | 'hintWeight')[]) {
        const at = (shift: number) =>
          loss.valueAndGradient(inputs(), { ...values, [name]: values[name] + shift });
        const [above, below] = [at(1e-5), at(-1e-5)];
        const quotient = (read: (of: typeof above) => Tensor | undefined) =>
          (first(read(above)) - first(read(below))) / 2e-5;
        const { logits, features } = derivatives[name]!;
        expect(first(slopes[name])).toBeCloseTo(
          quotient(({ value }) => value),
          8,
        );
        expect(logits === undefined ? 0 : first(logits)).toBeCloseTo(
          quotient(({ gradient }) => gradient.logits),
          8,
        );
        expect(features.block1 === undefined ? 0 : first(features.block1)).toBeCloseTo(
          quotient(({ gradient }) => gradient.features.block1),
          8,
        );
      }
    }),
  );
});

test('the report’s weighted values add up to the loss', async () => {
  const report = await loss.report(inputs(), values);
  expect(report.map(({ name, weight }) => [name, weight])).toEqual([
    ['classification', 0.1],
    ['distillation', 0.9],
    ['hint', 2],
    ['similarity', 3],
  ]);
  const total = report.reduce((sum, { weightedValue }) => sum + weightedValue, 0);
  expect(first(loss.valueAndGradient(inputs(), values).value)).toBeCloseTo(total, 5);
  // 2 · ‖2 (f_s − f_t)/6‖ with differences 1, 0, 0, −2, −1, 1.
  expect(report[2]?.gradientNorm).toBeCloseTo((4 / 6) * Math.sqrt(7), 5);
});

test('outputs belong to the caller and nothing else stays', async () => {
  const given = inputs();
  await expectNoLeak(async () => {
    const { value, gradient } = loss.valueAndGradient(given, values);
    for (const tensor of [value, gradient.logits, gradient.features.block1]) tensor?.dispose();
    for (const { logits, features } of Object.values(loss.mixedDerivatives(given, values))) {
      for (const tensor of [logits, features.block1]) tensor?.dispose();
    }
    await loss.report(given, values);
  });
});

test('refuses repeated names, missing layers and weights that are not finite', () => {
  const term = { name: 'a', loss: crossEntropy(), weight: 1 };
  expect(() => composeLoss({ terms: [term, term] })).toThrow(
    'terms are named a, a; expected at least one, and each name once',
  );
  expect(() => composeLoss({ terms: [] })).toThrow('terms are named nothing');
  const { studentFeatures: _, ...without } = inputs();
  expect(() => loss.valueAndGradient(without, values)).toThrow('studentFeatures.block1 is undefined');
  expect(() => loss.valueAndGradient(inputs(), { temperature: 1, hintWeight: 1 })).toThrow(
    'the weight of distillation is NaN',
  );
});

test('features of other widths meet through an adapter, which has a gradient too', async () => {
  const adapted = composeLoss({
    terms: [
      {
        name: 'hint',
        featureLoss: hint(),
        studentLayer: 'block1',
        teacherLayer: 'stage3',
        adapter: 'regressor',
        weight: 'hintWeight',
      },
    ],
  });
  const metaparameters = { hintWeight: 2 };
  const withAdapter = (shift = 0, featureShift = 0) => ({
    ...inputs(featureShift),
    adapters: { regressor: tensor2d([1 + shift, 0, 0.5, 1, -1, 2], [3, 2]) },
  });
  inFloat64(() =>
    tidy(() => {
      const { gradient } = adapted.valueAndGradient(withAdapter(), metaparameters);
      const at = (...shifts: [number, number?]) =>
        first(adapted.valueAndGradient(withAdapter(...shifts), metaparameters).value);
      // The loss is quadratic in both, so that only rounding remains.
      expect(first(gradient.adapters.regressor)).toBeCloseTo((at(1e-4) - at(-1e-4)) / 2e-4, 8);
      expect(first(gradient.features.block1)).toBeCloseTo((at(0, 1e-4) - at(0, -1e-4)) / 2e-4, 8);
      const { hintWeight } = adapted.mixedDerivatives(withAdapter(), metaparameters);
      expect(2 * first(hintWeight!.adapters.regressor)).toBeCloseTo(first(gradient.adapters.regressor), 10);
    }),
  );
  const given = withAdapter();
  await expectNoLeak(() => {
    const { value, gradient } = adapted.valueAndGradient(given, metaparameters);
    for (const tensor of [value, gradient.features.block1, gradient.adapters.regressor]) tensor?.dispose();
  });
  expect(() => adapted.valueAndGradient(inputs(), metaparameters)).toThrow(
    'composeLoss: adapters.regressor is undefined; expected its weight [studentChannels, teacherChannels]',
  );
});
