import { tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainMaxPool } from '../../../test/plain/plain-pooling.js';
import { tensorOf } from '../../../test/values.js';
import { maxPool2d } from './max-pool2d.js';

const none = { parameters: [], statistics: [] };

onEachBackend(() => {
  test.each([
    [[2, 4, 6, 3] as const, 2],
    [[2, 5, 7, 2] as const, 2],
    [[1, 7, 6, 2] as const, 3],
    [[2, 3, 3, 2] as const, 1],
  ])('output, vjp and jvp agree with a float64 reference: %j by %d', (inputShape, size) => {
    expectDerivativesOf(plainMaxPool(inputShape, size), { layer: maxPool2d({ poolSize: size }), inputShape });
  });

  test('the first of equal maxima takes the gradient and gives the tangent', () => {
    tidy(() => {
      // Windows [7 7; 1 7] and [0 0; 0 0].
      const x = tensorOf([7, 7, 0, 0, 1, 7, 0, 0], [1, 2, 4, 1]);
      const pool = maxPool2d({ poolSize: 2 });
      const { cache } = pool.forward(none, x, 'training');
      const { input } = pool.vjp(none, cache, tensorOf([5, 6], [1, 1, 2, 1]), true);
      expect(Array.from(input!.dataSync())).toEqual([5, 0, 6, 0, 0, 0, 0, 0]);
      const tangent = pool.jvp(none, cache, [], tensorOf([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 4, 1]));
      expect(Array.from(tangent.dataSync())).toEqual([1, 3]);
    });
  });

  test('a window without a positive value keeps its gradient', () => {
    tidy(() => {
      const pool = maxPool2d({ poolSize: 2 });
      const { output, cache } = pool.forward(none, tensorOf([-4, -3, -1, -2], [1, 2, 2, 1]), 'training');
      expect(Array.from(output.dataSync())).toEqual([-1]);
      const { input } = pool.vjp(none, cache, tensorOf([1], [1, 1, 1, 1]), true);
      expect(Array.from(input!.dataSync())).toEqual([0, 0, 1, 0]);
    });
  });

  test('second order is the derivative of vjp', async () => {
    await expectSecondOrder({ layer: maxPool2d({ poolSize: 2 }), inputShape: [2, 5, 7, 2] });
  });

  test('vjp is the adjoint of jvp at any shape', () => {
    const size = fc.integer({ min: 3, max: 7 });
    const few = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(size, size, few, few, few, (height, width, batch, channels, window) => {
        expectAdjoint({
          layer: maxPool2d({ poolSize: window }),
          inputShape: [batch, height, width, channels],
        });
      }),
      { numRuns: 20 },
    );
  });
});

test('what is no image, or smaller than a window, is refused', () => {
  expect(() => maxPool2d({ poolSize: 2 }).outputShape([6])).toThrow(
    'maxPool2d: input has shape [batch, 6]; expected',
  );
  expect(() => maxPool2d({ poolSize: 3 }).outputShape([2, 4, 1])).toThrow(
    'maxPool2d: input has shape [batch, 2, 4, 1]; expected height and width of at least 3.',
  );
  expect(() => maxPool2d({ poolSize: 0 })).toThrow('maxPool2d: poolSize is 0; expected a positive integer');
});
