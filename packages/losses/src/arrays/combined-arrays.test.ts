import { expectNoLeak, inFloat64 } from '@metadistill/testing';
import { dispose, type Tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { goldenBatch } from '../../test/golden.js';
import { crossEntropy } from '../classification/cross-entropy.js';
import { smoothedCrossEntropy } from '../classification/smoothed-cross-entropy.js';
import { convexCombination } from '../combine/convex-combination.js';
import { standardizeLogits } from '../combine/standardize-logits.js';
import { weightedSum } from '../combine/weighted-sum.js';
import { withFixed } from '../combine/with-fixed.js';
import { composeLoss } from '../composed/compose-loss.js';
import { distillation } from '../distillation/distillation.js';
import { groupedTemperature } from '../distillation/grouped-temperature.js';
import { hint } from '../features/hint.js';
import type { LogitLoss, Metaparameters } from '../types.js';

// What combines losses carries their arrays: shapes, and products with the mixed derivatives of all numbers.

const grouped = groupedTemperature({ scaling: 'squared', by: 'label', count: 4 });
const backward = groupedTemperature({ divergence: 'reverseKL', scaling: 'none', by: 'label', count: 4 });
const temperatures = { 'temperature[]': [1, 2, 0.7, 3] };

const sum = weightedSum({
  terms: [
    { loss: smoothedCrossEntropy(), weight: 'labelWeight' },
    { loss: grouped, weight: 'teacherWeight' },
    { loss: backward, weight: 0.5 },
  ],
});
const ofSum = { labelWeight: 0.4, teacherWeight: 1.3, labelSmoothing: 0.1, ...temperatures };

const combined: [string, LogitLoss<string>, Metaparameters][] = [
  ['weightedSum', sum, ofSum],
  [
    'convexCombination',
    convexCombination({ classification: crossEntropy(), distillation: grouped }),
    { distillationFraction: 0.3, ...temperatures },
  ],
  ['standardizeLogits', standardizeLogits(grouped, { unbiased: true }), temperatures],
  [
    'withFixed of a number',
    withFixed(sum, { teacherWeight: 2 }),
    { labelWeight: 0.4, labelSmoothing: 0.1, ...temperatures },
  ],
  [
    'withFixed of an array',
    withFixed(sum, temperatures),
    { labelWeight: 0.4, teacherWeight: 1.3, labelSmoothing: 0.1 },
  ],
];

test.each(combined)(
  '%s of an array has closed forms that are the differences of one another',
  (_, loss, at) => {
    expectDerivatives(loss, goldenBatch, at);
  },
);

test('shapes are those of the terms, without what is fixed', () => {
  expect(sum.shapes).toEqual({ 'temperature[]': [4] });
  expect(standardizeLogits(grouped, { unbiased: true }).shapes).toEqual({ 'temperature[]': [4] });
  const fixed = withFixed(sum, temperatures);
  expect('shapes' in fixed).toBe(false);
  expect(fixed.name).toBe('weightedSum[temperature[]=4 numbers]');
  expect(withFixed(sum, { labelWeight: 1 }).shapes).toEqual({ 'temperature[]': [4] });
});

test('refuses one name of two shapes, weights that are arrays, and arrays of another length', () => {
  const wide = groupedTemperature({ scaling: 'none', by: 'label', count: 5 });
  const terms = [
    { loss: grouped, weight: 1 },
    { loss: wide, weight: 1 },
  ] as const;
  expect(() => weightedSum({ terms })).toThrow(
    'weightedSum: temperature[] has shape [5] in groupedTemperature(forwardKL, scaling=none, by=label), and [4] in ' +
      'another term; expected one shape. Give both terms as many classes or groups.',
  );
  expect(() => composeLoss({ terms: terms.map((term, i) => ({ ...term, name: `${i}` })) })).toThrow(
    'composeLoss: temperature[] has shape [5]',
  );
  expect(() => weightedSum({ terms: [{ loss: grouped, weight: 'weight[]' }] })).toThrow(
    'weightedSum: a weight is named weight[]; expected a name without [], as a weight is one number.',
  );
  expect(() => withFixed(grouped, { 'temperature[]': [1, 2] })).toThrow(
    'withFixed: temperature[] is an array of 2; expected an array of 4 numbers.',
  );
});

test('combined losses of arrays leak no tensor', async () => {
  await expectNoLeak(() => {
    for (const [, loss, at] of combined) evaluateLoss(loss, goldenBatch, at);
  });
});

describe('composeLoss', () => {
  const loss = composeLoss({
    terms: [
      { name: 'teacher', loss: grouped, weight: 'teacherWeight' },
      { name: 'plain', loss: distillation({ scaling: 'none' }), weight: 0.3 },
      {
        name: 'hint',
        featureLoss: hint(),
        studentLayer: 'hidden',
        teacherLayer: 'wide',
        adapter: 'widen',
        weight: 'hintWeight',
      },
    ],
  });
  const at = { teacherWeight: 0.6, hintWeight: 0.2, temperature: 2, ...temperatures };
  const matrix = (rows: readonly (readonly number[])[]) => tensor2d(rows.map((row) => [...row]));
  const inputs = () => ({
    studentLogits: matrix(goldenBatch.student),
    targets: {
      labels: tensor1d([...goldenBatch.labels], 'int32'),
      teacherLogits: matrix(goldenBatch.teacher),
    },
    studentFeatures: { hidden: tensor2d([1, 2, -1, 0.5], [2, 2]) },
    teacherFeatures: { wide: tensor2d([1, 0, 2, 1, -1, 0.3], [2, 3]) },
    adapters: { widen: tensor2d([1, 0.5, 0, -1, 2, 0.1], [2, 3]) },
  });
  const tangent = () => ({
    logits: matrix(goldenBatch.student.map((row, i) => row.map((_, k) => Math.sin(1 + 3 * i + 2 * k)))),
    features: { hidden: tensor2d([0.3, -1, 0.2, 1], [2, 2]) },
    adapters: { widen: tensor2d([1, -1, 0.2, 0.4, 0.1, -0.3], [2, 3]) },
  });
  const numbers = (of: Readonly<Record<string, Tensor>>) =>
    Object.fromEntries(Object.entries(of).map(([name, tensor]) => [name, [...tensor.dataSync()]]));

  test('gives the derivative by every number of an array, and its products with a direction', () => {
    inFloat64(() =>
      tidy(() => {
        expect(loss.shapes).toEqual({ 'temperature[]': [4] });
        /** The loss, and ⟨gradient, tangent⟩. */
        const measure = (values: Metaparameters) => {
          const { value, gradient } = loss.valueAndGradient(inputs(), values);
          const { logits, features, adapters } = tangent();
          const pairs = [
            [gradient.logits!, logits],
            [gradient.features.hidden!, features.hidden],
            [gradient.adapters.widen!, adapters.widen],
          ] as const;
          const product = pairs.reduce((total, [a, b]) => {
            const others = b.dataSync();
            return total + [...a.dataSync()].reduce((part, each, i) => part + each * others[i]!, 0);
          }, 0);
          return [value.dataSync()[0]!, product] as const;
        };
        const slopes = numbers(loss.metaparameterGradient(inputs(), at));
        const products = numbers(loss.mixedProduct(inputs(), at, tangent()));
        const moves = loss.metaparameters.flatMap((name) => {
          const value: number | readonly number[] = at[name as keyof typeof at];
          return typeof value === 'number'
            ? [{ name, i: 0, moved: (by: number) => ({ ...at, [name]: value + by }) }]
            : value.map((each, i) => ({
                name,
                i,
                moved: (by: number) => ({ ...at, [name]: value.with(i, each + by) }),
              }));
        });
        expect(moves).toHaveLength(7);
        for (const { name, i, moved } of moves) {
          const [above, below] = [measure(moved(1e-5)), measure(moved(-1e-5))];
          // Off by h² and by rounding over h, both below 1e-9.
          expect(slopes[name]![i], `slope by ${name}[${i}]`).toBeCloseTo((above[0] - below[0]) / 2e-5, 8);
          expect(products[name]![i], `product by ${name}[${i}]`).toBeCloseTo((above[1] - below[1]) / 2e-5, 8);
        }
        expect(Object.keys(loss.mixedDerivatives(inputs(), at))).toEqual([
          'teacherWeight',
          'hintWeight',
          'temperature',
        ]);
      }),
    );
  });

  test('leaves nothing but what it returns', async () => {
    const [given, direction] = [inputs(), tangent()];
    await expectNoLeak(() => {
      dispose(loss.metaparameterGradient(given, at));
      dispose(loss.mixedProduct(given, at, direction));
    });
  });
});
