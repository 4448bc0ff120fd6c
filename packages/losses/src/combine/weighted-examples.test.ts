import { inFloat64, relativeError } from '@metadistill/testing';
import '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type Batch, evaluateLoss, mixedProductOf } from '../../test/evaluate-loss.js';
import { everyLogitLoss, metaparametersAt } from '../../test/every-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import * as reference from '../../test/float64-reference.js';
import { crossEntropy } from '../classification/cross-entropy.js';
import { trustMix } from '../teachers/trust-mix.js';
import type { LogitLoss } from '../types.js';
import { type WeightedExamplesOptions, weightedExamples } from './weighted-examples.js';

const scattered = (rows: number, columns: number, seed: number) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (__, k) => 2 * Math.sin(3.7 * i + 2.3 * k + 1.9 * seed)),
  );

const batch: Batch = {
  student: scattered(6, 4, 1),
  teacher: scattered(6, 4, 2),
  labels: [0, 2, 1, 1, 3, 2],
  groups: [1, 0, 3, 1, 1, 0],
};

const dials = (size: number) => Array.from({ length: size }, (_, i) => Math.sin(2.1 * i + 1));

/** The bin of each example by its definition: of 2 × `bins`. */
const binsOf = ({ student, labels }: Batch, bins: number, temperature: number) =>
  student.map((row, b) => {
    const p = reference.softmax(row, temperature);
    const bin = Math.min(bins - 1, Math.floor(bins * p[labels[b]!]!));
    return p.indexOf(Math.max(...p)) === labels[b] ? bins + bin : bin;
  });

const cases: [Omit<WeightedExamplesOptions, 'loss'>, size: number, groups: readonly number[]][] = [
  [{ by: 'label', count: 4 }, 4, batch.labels],
  [{ by: 'group', count: 5 }, 5, batch.groups!],
  [{ by: 'confidence' }, 20, binsOf(batch, 10, 1)],
  [{ by: 'confidence', count: 3, temperature: 2 }, 6, binsOf(batch, 3, 2)],
];

describe.each(cases)('weights %j', (options, size, groups) => {
  const loss = weightedExamples({ loss: crossEntropy(), ...options });
  const values = dials(size);

  test('is the weighted mean of the losses of the examples', () => {
    const weights = groups.map((group) => Math.exp(values[group]!));
    const total = weights.reduce((sum, weight) => sum + weight);
    const expected = batch.student.reduce(
      (sum, row, b) =>
        sum +
        (weights[b]! / total) *
          reference.crossEntropy({ ...batch, student: [row], labels: [batch.labels[b]!] }),
      0,
    );
    const { value } = inFloat64(() => evaluateLoss(loss, batch, { 'logWeight[]': values }));
    expect(relativeError([value], [expected])).toBeLessThan(1e-12);
  });

  test('has the derivatives of its value', () => {
    expectDerivatives(loss, batch, { 'logWeight[]': values });
  });

  test('a group without examples has no derivative', () => {
    const tangent = scattered(6, 4, 3);
    const products = mixedProductOf(loss, batch, { 'logWeight[]': values }, tangent);
    for (const group of values.keys()) {
      expect(products[`logWeight[][${group}]`] === 0, `group ${group}`).toBe(!groups.includes(group));
    }
  });

  test('equal dials are the loss as it is', () => {
    const plain = evaluateLoss(crossEntropy(), batch, {});
    for (const dial of [0, -4]) {
      const equal = evaluateLoss(loss, batch, { 'logWeight[]': values.map(() => dial) });
      expect(equal.value).toBeCloseTo(plain.value, 6);
      expect(relativeError(equal.gradient, plain.gradient)).toBeLessThan(1e-6);
    }
  });
});

test('the bins are those of both kinds of examples', () => {
  // Otherwise the tests above would not see the one or the other.
  const bins = binsOf(batch, 10, 1);
  expect(bins.some((bin) => bin < 10) && bins.some((bin) => bin >= 10)).toBe(true);
  const certain: Batch = {
    student: [
      [40, 0],
      [40, 0],
    ],
    teacher: [],
    labels: [0, 1],
  };
  const { byMetaparameter } = evaluateLoss(
    weightedExamples({ loss: crossEntropy(), by: 'confidence' }),
    { ...certain, teacher: certain.student },
    {
      'logWeight[]': dials(20),
    },
  );
  expect(Object.keys(byMetaparameter).filter((name) => byMetaparameter[name] !== 0)).toEqual([
    'logWeight[][0]',
    'logWeight[][19]',
  ]);
});

const perExample = everyLogitLoss.filter(({ loss }) => loss.exampleLosses);

describe.each(perExample.map((each) => [each.loss.name, each] as const))('%s', (_, each) => {
  const at = metaparametersAt(each, 2);
  const weighted: LogitLoss<string> = weightedExamples({ loss: each.loss, by: 'label', count: 4 });

  test('is the mean of the losses of its examples', () => {
    const { value } = inFloat64(() => evaluateLoss(each.loss, batch, at));
    const { value: equally } = inFloat64(() =>
      evaluateLoss(weighted, batch, { ...at, 'logWeight[]': [0, 0, 0, 0] }),
    );
    expect(equally).toBeCloseTo(value, 12);
  });

  test('has the derivatives of its weighted mean, by its own metaparameters too', () => {
    expectDerivatives(weighted, batch, { ...at, 'logWeight[]': dials(4) });
  });
});

test('weights a mix of several teachers', () => {
  const teachers = [scattered(6, 4, 2), scattered(6, 4, 5)];
  const loss = weightedExamples({
    loss: trustMix({ teachers: 2, count: 4 }),
    by: 'group',
    count: 4,
  });
  expect(loss.shapes).toEqual({ 'logWeight[]': [4], 'trust[]': [3, 4] });
  expect(loss.needsTeachers).toBe(2);
  expectDerivatives(loss, { ...batch, teachers }, { 'logWeight[]': dials(4), 'trust[]': dials(12) });
});

test('takes a weight for each of 11,520 examples, and touches those of the batch alone', () => {
  const count = 11_520;
  const loss = weightedExamples({ loss: crossEntropy(), by: 'group', count });
  const groups = [7, 11_519, 0, 5000, 42, 9999];
  const products = mixedProductOf(
    loss,
    { ...batch, groups },
    { 'logWeight[]': dials(count) },
    scattered(6, 4, 3),
  );
  const touched = Object.values(products).flatMap((product, example) => (product === 0 ? [] : [example]));
  expect(touched).toEqual([...groups].sort((a, b) => a - b));
  // Shares add up to 1, whatever the dials.
  expect(Math.abs(Object.values(products).reduce((sum, product) => sum + product, 0))).toBeLessThan(1e-6);
});

test('large dials do not overflow', () => {
  const loss = weightedExamples({ loss: crossEntropy(), by: 'group', count: 4 });
  const { value } = evaluateLoss(loss, batch, { 'logWeight[]': [1000, 0, 0, -1000] });
  const [, second, , , , last] = batch.student;
  const expected = reference.crossEntropy({ student: [second!, last!], teacher: [], labels: [2, 2] });
  expect(value).toBeCloseTo(expected, 5);
});

test.each(cases)('weights %j on wasm as on cpu', async (options, size) => {
  const loss = weightedExamples({ loss: crossEntropy(), ...options });
  const numbers = () => {
    const { gradient, mixed } = evaluateLoss(loss, batch, { 'logWeight[]': dials(size) });
    return [...gradient, ...Object.values(mixed).flat()];
  };
  const expected = numbers();
  try {
    await setBackend('wasm');
    expect(relativeError(numbers(), expected)).toBeLessThan(1e-6);
  } finally {
    await setBackend('cpu');
  }
});

describe('refuses', () => {
  const wholes = everyLogitLoss.filter(({ loss }) => !loss.exampleLosses);
  test('losses whose examples see one another', () => {
    const names = new Set(wholes.map(({ factory }) => factory));
    expect([...names]).toEqual(['calibratedCrossEntropy', 'expectedError', 'dist', 'weightedExamples']);
    for (const { loss } of wholes) {
      expect(() => weightedExamples({ loss, by: 'confidence' })).toThrow(
        `weightedExamples: loss is ${loss.name}; expected a mean over examples, with exampleLosses.`,
      );
    }
  });
  test.each([
    [{ by: 'group' }, 'weightedExamples: count is undefined; expected an integer of at least 1.'],
    [{ by: 'group', count: 1.5 }, 'weightedExamples: count is 1.5'],
    [{ by: 'mood', count: 2 }, "weightedExamples: by is 'mood'; expected 'label', 'group' or 'confidence'."],
    [{ by: 'confidence', temperature: 0 }, 'weightedExamples: temperature is 0'],
    [{ by: 'confidence', bins: 5 }, "weightedExamples: unknown option 'bins'"],
  ])('%j', (options, message) => {
    expect(() => weightedExamples({ loss: crossEntropy(), ...options } as never)).toThrow(message);
  });
  const at =
    (by: 'label' | 'group' | 'confidence', count: number, size: number, given: Batch = batch) =>
    () =>
      evaluateLoss(weightedExamples({ loss: crossEntropy(), by, count }), given, {
        'logWeight[]': dials(size),
      });
  test('other dials than it has', () => {
    expect(at('group', 4, 5)).toThrow('logWeight[] is an array of 5; expected an array of 4 numbers.');
    expect(at('confidence', 5, 5)).toThrow('logWeight[] is an array of 5; expected an array of 10 numbers.');
  });
  test('groups that are missing or out of range, and more labels than dials', () => {
    const { groups: _, ...rest } = batch;
    expect(at('group', 4, 4, rest)).toThrow(
      'weightedExamples: targets.groups is undefined; expected int32 [6]',
    );
    expect(at('group', 3, 3)).toThrow(
      'weightedExamples: targets.groups has group 3; expected 0..2, as count is 3. Number the groups from 0, and count them all.',
    );
    expect(at('label', 3, 3)).toThrow(
      'weightedExamples: count is 3; expected at least 4, one for each class.',
    );
  });
});
