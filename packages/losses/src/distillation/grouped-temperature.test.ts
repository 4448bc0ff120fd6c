import { expectNoLeak, relativeError } from '@metadistill/testing';
import { type Tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { goldenBatch } from '../../test/golden.js';
import { distillation } from './distillation.js';
import { groupedTemperature } from './grouped-temperature.js';

const equal = { 'temperature[]': [2, 2, 2] };

describe.each(['none', 'squared'] as const)('scaling %s', (scaling) => {
  const loss = groupedTemperature({ scaling, by: 'label', count: 6 });

  test('closed forms are the differences of one another, for a temperature per class', () => {
    const temperatures = fc.array(fc.double({ min: 0.2, max: 10, noNaN: true }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(arbitraryBatch(5), temperatures, (batch, values) => {
        expectDerivatives(loss, batch, { 'temperature[]': values });
      }),
      { numRuns: 20 },
    );
  });

  test('equal temperatures are plain distillation, whose derivatives are the sums over the groups', () => {
    const whole = evaluateLoss(distillation({ scaling }), goldenBatch, { temperature: 2 });
    const parts = evaluateLoss(groupedTemperature({ scaling, by: 'label', count: 3 }), goldenBatch, equal);
    expect(parts.value).toBeCloseTo(whole.value, 6);
    expect(relativeError(parts.gradient, whole.gradient)).toBeLessThan(1e-5);
    const slopes = Object.values(parts.byMetaparameter).reduce((sum, slope) => sum + slope, 0);
    expect(slopes).toBeCloseTo(whole.byMetaparameter.temperature!, 6);
    const mixed = whole.gradient.map((_, i) =>
      Object.values(parts.mixed).reduce((sum, values) => sum + values[i]!, 0),
    );
    expect(relativeError(mixed, whole.mixed.temperature!)).toBeLessThan(1e-5);
  });
});

const targets = () => ({
  labels: tensor1d([0, 2], 'int32'),
  teacherLogits: tensor2d(goldenBatch.teacher as number[][]),
});
const student = () => tensor2d(goldenBatch.student as number[][]);
const numbers = (tensor: Tensor) => [...tensor.dataSync()];

/** What the loss says of the rows of the golden batch, if they are in these groups. */
function ofGroups(groups: number[]) {
  const loss = groupedTemperature({ scaling: 'none', by: 'group', count: 3 });
  return tidy(() => {
    const given = { ...targets(), groups: tensor1d(groups, 'int32') };
    const product = loss.mixedProduct!(student(), given, equal, student())['temperature[]'];
    const slope = loss.metaparameterGradient(student(), given, equal)['temperature[]'];
    return { product: numbers(product), slope: numbers(slope) };
  });
}

test('a group has the derivatives of its rows, added up, and one without rows has exactly none', () => {
  const apart = ofGroups([2, 0]);
  const together = ofGroups([1, 1]);
  for (const of of ['product', 'slope'] as const) {
    expect(apart[of][1]).toBe(0);
    expect(apart[of][0]).not.toBe(0);
    expect(apart[of][2]).not.toBe(0);
    expect([together[of][0], together[of][2]]).toEqual([0, 0]);
    expect(together[of][1]).toBeCloseTo(apart[of][0]! + apart[of][2]!, 6);
  }
});

test.each([3, -1])('refuses group %i of three on a backend that looks', (group) => {
  expect(() => ofGroups([0, group])).toThrow(
    `groupedTemperature: targets.groups has group ${group}; expected 0..2, as count is 3.`,
  );
});

test('refuses missing groups and a temperature that is not above zero, and leaks no tensor', async () => {
  const grouped = groupedTemperature({ scaling: 'none', by: 'group', count: 3 });
  expect(() => evaluateLoss(grouped, goldenBatch, equal)).toThrow(
    'targets.groups is undefined; expected int32',
  );
  const loss = groupedTemperature({ scaling: 'none', by: 'label', count: 3 });
  expect(() => evaluateLoss(loss, goldenBatch, { 'temperature[]': [2, 0, 2] })).toThrow(
    'groupedTemperature: temperature[][1] is 0; expected a finite number above 0.',
  );
  expect(() => evaluateLoss(loss, goldenBatch, { 'temperature[]': [2, 2] })).toThrow(
    'groupedTemperature: temperature[] is an array of 2; expected an array of 3 numbers. Give them flat, in row-major order.',
  );
  expect(() => evaluateLoss(loss, goldenBatch, { 'temperature[]': 2 as never })).toThrow(
    'temperature[] is 2;',
  );
  expect(() => evaluateLoss(loss, goldenBatch, { 'temperature[]': [2, Number.NaN, 2] })).toThrow(
    'groupedTemperature: temperature[][1] is NaN; expected a finite number.',
  );
  expect(() => groupedTemperature({ scaling: 'none', by: 'label', count: 0 })).toThrow('count is 0');
  const few = groupedTemperature({ scaling: 'none', by: 'label', count: 2 });
  expect(() => evaluateLoss(few, goldenBatch, equal)).toThrow(
    'count is 2; expected at least 3, one for each class',
  );
  await expectNoLeak(() => {
    evaluateLoss(loss, goldenBatch, equal);
  });
});
