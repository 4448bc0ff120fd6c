import { tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainUpSampling } from '../../../test/plain/plain-shapes.js';
import { tensorOf } from '../../../test/values.js';
import type { Layer } from '../../types.js';
import { cropping2d } from './cropping2d.js';
import { permute } from './permute.js';
import { repeatVector } from './repeat-vector.js';
import { reshape } from './reshape.js';
import { upSampling2d } from './up-sampling2d.js';
import { zeroPadding2d } from './zero-padding2d.js';

const none = { parameters: [], statistics: [] };

onEachBackend(() => {
  describe.each(['nearest', 'bilinear'] as const)('upSampling2d, %s', (interpolation) => {
    test.each([
      { inputShape: [2, 3, 4, 3], size: [2, 2] as const },
      { inputShape: [1, 5, 2, 1], size: [3, 1] as const },
      { inputShape: [3, 1, 1, 2], size: [2, 4] as const },
    ])('$inputShape by $size', async ({ inputShape, size }) => {
      const layer = upSampling2d({ size, interpolation });
      expectDerivativesOf(plainUpSampling(inputShape, size, interpolation), { layer, inputShape });
      await expectSecondOrder({ layer, inputShape });
    });
  });

  test('a repetition of 49 reads no neighbour, whatever 1 / 49 rounds to', () => {
    tidy(() => {
      const { output } = upSampling2d({ size: [49, 1] }).forward(
        none,
        tensorOf([1, 2], [1, 2, 1, 1]),
        'training',
      );
      expect(Array.from(output.dataSync())).toEqual([...Array(49).fill(1), ...Array(49).fill(2)]);
    });
  });

  test('what changes nothing gives a copy, so that the input stays the caller’s', () => {
    tidy(() => {
      const x = tensorOf([1, 2], [1, 1, 2, 1]);
      for (const layer of [zeroPadding2d({ padding: 0 }), cropping2d({ cropping: 0 })] as Layer[]) {
        const { output, cache } = layer.forward(none, x, 'training');
        expect(output).not.toBe(x);
        const { input } = layer.vjp(none, cache, output, true);
        expect(input).not.toBe(output);
        expect(Array.from(input!.dataSync())).toEqual([1, 2]);
      }
    });
  });
});

test('margins: one number, one for rows and columns, or all four', () => {
  const shapeOf = (padding: Parameters<typeof zeroPadding2d>[0]) =>
    zeroPadding2d(padding).outputShape([4, 5, 1]);
  expect(shapeOf({})).toEqual([6, 7, 1]);
  expect(shapeOf({ padding: 2 })).toEqual([8, 9, 1]);
  expect(shapeOf({ padding: [0, 2] })).toEqual([4, 9, 1]);
  expect(
    shapeOf({
      padding: [
        [1, 2],
        [3, 4],
      ],
    }),
  ).toEqual([7, 12, 1]);
});

test('a size that is left open is what remains', () => {
  expect(reshape({ shape: [-1, 2] }).outputShape([3, 4])).toEqual([6, 2]);
  expect(reshape({ shape: [12] }).outputShape([3, 4])).toEqual([12]);
});

test('shapes, axes, margins and sizes that are none, and inputs that do not fit, are refused', () => {
  expect(() => reshape({ shape: [-1, -1] })).toThrow(
    'reshape: shape is [-1, -1]; expected positive integers, one of which may be -1.',
  );
  expect(() => reshape({ shape: [5] }).outputShape([2, 3])).toThrow(
    'reshape: input has shape [batch, 2, 3]; expected 5 values. Correct shape.',
  );
  expect(() => reshape({ shape: [5, -1] }).outputShape([2, 3])).toThrow('expected a multiple of 5 values.');
  expect(() => permute({ axes: [0, 1] })).toThrow(
    'permute: axes is [0, 1]; expected 1, 2, ... in some order.',
  );
  expect(() => permute({ axes: [2, 1] }).outputShape([3])).toThrow(
    'permute: input has shape [batch, 3]; expected 2 axes after the batch',
  );
  expect(() => repeatVector({ times: 2 }).outputShape([3, 4])).toThrow(
    'repeatVector: input has shape [batch, 3, 4]; expected [batch, values].',
  );
  expect(() => zeroPadding2d({ padding: -1 })).toThrow(
    'zeroPadding2d: padding is -1; expected a whole number, [rows, columns] or [[above, below], [left, right]].',
  );
  expect(() => cropping2d({ cropping: [2, 0] }).outputShape([4, 4, 1])).toThrow(
    'cropping2d: input has shape [batch, 4, 4, 1]; expected more than 4 rows and 0 columns. Crop less.',
  );
  expect(() => upSampling2d({ size: 0 })).toThrow('upSampling2d: size is 0;');
  expect(() => upSampling2d({ interpolation: 'cubic' as never })).toThrow(
    "upSampling2d: interpolation is 'cubic'; expected 'nearest' or 'bilinear'.",
  );
});
