import { backend_util, dispose, memory, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { type ConvolutionCase, sumProducts } from '../../../test/reference-convolution.js';
import { filterGradientOnWebgpu } from './conv2d-filter-gradient.webgpu.js';

// On cpu: the formula is made of operations that every backend has.
it('the filter gradient equals its definition for any stride, padding and size', () => {
  const convolutions = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 3, max: 7 }),
    width: fc.integer({ min: 3, max: 7 }),
    inputs: fc.integer({ min: 1, max: 4 }),
    outputs: fc.integer({ min: 1, max: 5 }),
    kernelHeight: fc.integer({ min: 1, max: 3 }),
    kernelWidth: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    pad: fc.constantFrom<'valid' | 'same' | 1>('valid', 'same', 1),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(convolutions, ({ pad, seed, ...sizes }) => {
      const { batch, height, width, inputs, outputs, kernelHeight, kernelWidth, stride } = sizes;
      const xShape: Tensor4D['shape'] = [batch, height, width, inputs];
      const filterShape: Tensor4D['shape'] = [kernelHeight, kernelWidth, inputs, outputs];
      const info = backend_util.computeConv2DInfo(xShape, filterShape, stride, 1, pad);
      const { outHeight, outWidth } = info;
      const shape: ConvolutionCase = { ...sizes, ...info.padInfo, outHeight, outWidth };
      const x = randomValues(batch * height * width * inputs, seed);
      const dy = randomValues(batch * outHeight * outWidth * outputs, seed + 1);
      const tensors = { x: tensor4d(x, xShape), dy: tensor4d(dy, info.outShape) };
      const before = memory().numTensors;
      const attrs = { strides: stride, pad, dataFormat: 'NHWC' as const, filterShape };
      const gradient = filterGradientOnWebgpu({ inputs: tensors, attrs, backend: undefined });
      expect(memory().numTensors).toBe(before + 1);
      const got = gradient.dataSync();
      dispose([gradient, ...Object.values(tensors)]);
      const size = kernelHeight * kernelWidth * inputs * outputs;
      const exact = sumProducts(shape, size, x, dy, (input, filter, output) => [filter, input, output]);
      expectRounding(got, exact, batch * outHeight * outWidth);
    }),
    { numRuns: 60 },
  );
});

it('refuses a cotangent of another shape', () => {
  const x = tensor4d(new Float32Array(16), [1, 4, 4, 1]);
  const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC', filterShape: [3, 3, 1, 1] } as const;
  expect(() =>
    filterGradientOnWebgpu({
      inputs: { x, dy: x },
      attrs: { ...attrs, filterShape: [...attrs.filterShape] },
      backend: undefined,
    }),
  ).toThrow('dy has shape [1, 4, 4, 1]; expected [1, 2, 2, 1]');
});
