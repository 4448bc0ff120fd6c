import { expectNoLeak, relativeError } from '@metadistill/testing';
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { goldenBatch } from '../../test/golden.js';
import { distillation } from './distillation.js';
import { groupedTemperature } from './grouped-temperature.js';

const equal = { 'temperature[0]': 2, 'temperature[1]': 2, 'temperature[2]': 2 };

describe.each(['none', 'squared'] as const)('scaling %s', (scaling) => {
  const loss = groupedTemperature({ scaling, by: 'label', count: 6 });

  test('closed forms are the differences of one another, for a temperature per class', () => {
    const temperatures = fc.array(fc.double({ min: 0.2, max: 10, noNaN: true }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(arbitraryBatch(5), temperatures, (batch, values) => {
        const entries = values.map((value, group) => [`temperature[${group}]`, value] as const);
        expectDerivatives(loss, batch, Object.fromEntries(entries));
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

test('a temperature per sample moves that sample’s row alone', () => {
  tidy(() => {
    const loss = groupedTemperature({ scaling: 'none', by: 'group', count: 3 });
    const targets = {
      labels: tensor1d([0, 2], 'int32'),
      teacherLogits: tensor2d(goldenBatch.teacher as number[][]),
      groups: tensor1d([2, 0], 'int32'),
    };
    const mixed = loss.mixedDerivatives(tensor2d(goldenBatch.student as number[][]), targets, equal);
    const isZero = (values: Iterable<number>) => [...values].every((value) => value === 0);
    const third = mixed['temperature[2]']!.dataSync();
    expect(isZero(third.slice(0, 3))).toBe(false);
    expect(isZero(third.slice(3))).toBe(true);
    expect(isZero(mixed['temperature[1]']!.dataSync())).toBe(true);
  });
});

test('refuses missing groups and a temperature that is not above zero, and leaks no tensor', async () => {
  const grouped = groupedTemperature({ scaling: 'none', by: 'group', count: 3 });
  expect(() => evaluateLoss(grouped, goldenBatch, equal)).toThrow(
    'targets.groups is undefined; expected int32',
  );
  const loss = groupedTemperature({ scaling: 'none', by: 'label', count: 3 });
  expect(() => evaluateLoss(loss, goldenBatch, { ...equal, 'temperature[1]': 0 })).toThrow(
    'temperature is 0',
  );
  expect(() => groupedTemperature({ scaling: 'none', by: 'label', count: 0 })).toThrow('count is 0');
  const few = groupedTemperature({ scaling: 'none', by: 'label', count: 2 });
  expect(() => evaluateLoss(few, goldenBatch, equal)).toThrow(
    'count is 2; expected at least 3, a temperature for each class',
  );
  await expectNoLeak(() => {
    evaluateLoss(loss, goldenBatch, equal);
  });
});
