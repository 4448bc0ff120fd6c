import { backend_util, dispose, memory, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { type ConvolutionCase, sumProducts } from '../../../test/reference-convolution.js';
import { isStridedPointwise, pointwiseFilterGradient } from './conv2d-filter-gradient.tensorflow.js';

// On cpu: the formula is made of operations that every backend has.
it('the gradient of a pointwise filter equals its definition for any stride, padding and size', () => {
  const convolutions = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 1, max: 7 }),
    width: fc.integer({ min: 1, max: 7 }),
    inputs: fc.integer({ min: 1, max: 4 }),
    outputs: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 2, max: 4 }),
    pad: fc.constantFrom<'valid' | 'same' | 1>('valid', 'same', 1),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(convolutions, ({ pad, seed, ...sizes }) => {
      const { batch, height, width, inputs, outputs, stride } = sizes;
      const xShape: Tensor4D['shape'] = [batch, height, width, inputs];
      const filterShape: Tensor4D['shape'] = [1, 1, inputs, outputs];
      const info = backend_util.computeConv2DInfo(xShape, filterShape, stride, 1, pad, 'floor');
      const { outHeight, outWidth } = info;
      const kernel = { kernelHeight: 1, kernelWidth: 1 };
      const shape: ConvolutionCase = { ...sizes, ...kernel, ...info.padInfo, outHeight, outWidth };
      const x = randomValues(batch * height * width * inputs, seed);
      const dy = randomValues(batch * outHeight * outWidth * outputs, seed + 1);
      const tensors = { x: tensor4d(x, xShape), dy: tensor4d(dy, info.outShape) };
      const before = memory().numTensors;
      const attrs = { strides: stride, pad, dimRoundingMode: 'floor' as const, filterShape };
      expect(isStridedPointwise({ attrs })).toBe(true);
      const gradient = pointwiseFilterGradient({ inputs: tensors, attrs, backend: undefined });
      expect(memory().numTensors).toBe(before + 1);
      const got = gradient.dataSync();
      dispose([gradient, ...Object.values(tensors)]);
      const exact = sumProducts(shape, inputs * outputs, x, dy, (input, filter, output) => [
        filter,
        input,
        output,
      ]);
      expectRounding(got, exact, batch * outHeight * outWidth);
    }),
    { numRuns: 60 },
  );
});

it.each([
  [[1, 1, 4, 8], 2, 'NHWC', true],
  [[1, 1, 4, 8], [1, 2], 'NHWC', true],
  [[1, 1, 4, 8], 1, 'NHWC', false],
  [[1, 3, 4, 8], 2, 'NHWC', false],
  [[3, 1, 4, 8], 2, 'NHWC', false],
  [[1, 1, 4, 8], 2, 'NCHW', false],
] as const)(
  'of a filter %j with strides %j in %s takes it: %s',
  (filterShape, strides, dataFormat, takes) => {
    const attrs = {
      filterShape: [...filterShape],
      strides: strides as number,
      pad: 'valid',
      dataFormat,
    } as const;
    expect(isStridedPointwise({ attrs })).toBe(takes);
  },
);

it('refuses a cotangent of another shape', () => {
  const x = tensor4d(new Float32Array(16), [1, 4, 4, 1]);
  const attrs = { strides: 2, pad: 'valid', filterShape: [1, 1, 1, 1] } as const;
  expect(() =>
    pointwiseFilterGradient({
      inputs: { x, dy: x },
      attrs: { ...attrs, filterShape: [...attrs.filterShape] },
      backend: undefined,
    }),
  ).toThrow('dy has shape [1, 4, 4, 1]; expected [1, 2, 2, 1]');
});
