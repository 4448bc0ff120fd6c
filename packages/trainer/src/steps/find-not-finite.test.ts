import { expectNoLeak } from '@metadistill/testing';
import { dispose, scalar, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findNotFinite } from './find-not-finite.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

test.each<[number[], number[], object | undefined]>([
  [[1, 2], [3], undefined],
  [[], [], undefined],
  [[1, nan], [3], { tensor: 'parameters[0]', value: nan }],
  [[1, infinity], [-infinity], { tensor: 'parameters[0]', value: infinity }],
  [[1, 2], [-infinity], { tensor: 'statistics[0]', value: -infinity }],
  // Finite numbers whose sum is not.
  [[3e38, 3e38], [3e38], undefined],
])('of %j and statistics %j it is %j', async (parameters, statistics, expected) => {
  await expectNoLeak(async () => {
    const weights = {
      parameters: parameters.length > 0 ? [tensor1d(parameters)] : [],
      statistics: statistics.length > 0 ? [tensor1d(statistics)] : [],
    };
    expect(await findNotFinite(weights)).toEqual(expected);
    dispose([...weights.parameters, ...weights.statistics]);
  });
});

test('one number among many is found, wherever it is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 29 }),
      fc.constantFrom(nan, infinity, -infinity),
      async (place, value) => {
        const values = Float32Array.from({ length: 30 }, (_, i) => (i === place ? value : i - 15));
        const parameters = [scalar(1), tensor2d(values, [5, 6])];
        expect(await findNotFinite({ parameters, statistics: [] })).toEqual({
          tensor: 'parameters[1]',
          value,
        });
        dispose(parameters);
      },
    ),
  );
});
