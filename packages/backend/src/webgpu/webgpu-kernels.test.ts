import { expectNoLeak } from '@metadistill/testing';
import {
  addN,
  backend_util,
  env,
  getKernel,
  type KernelConfig,
  registerKernel,
  type Tensor4D,
  tensor1d,
  tensor4d,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { expectRounding } from '../../test/expect-rounding.js';
import { randomValues } from '../../test/random-values.js';
import { type ConvolutionCase, sumProducts } from '../../test/reference-convolution.js';
import { addInGroups } from './add-in-groups.js';
import { filterGradient } from './filter-gradient.js';
import { registerWebgpuKernels } from './register-webgpu-kernels.js';

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
      const got = tidy(() =>
        filterGradient({
          inputs: { x: tensor4d(x, xShape), dy: tensor4d(dy, info.outShape) },
          attrs: { strides: stride, pad, dataFormat: 'NHWC', filterShape },
          backend: undefined,
        }).dataSync(),
      );
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
    filterGradient({
      inputs: { x, dy: x },
      attrs: { ...attrs, filterShape: [...attrs.filterShape] },
      backend: undefined,
    }),
  ).toThrow('dy has shape [1, 4, 4, 1]; expected [1, 2, 2, 1]');
});

it('adds any number of terms, at most seven at once', async () => {
  const stock = getKernel('AddN', 'cpu') as KernelConfig;
  const sizes: number[] = [];
  const counting: KernelConfig['kernelFunc'] = (call) => {
    sizes.push((call.inputs as unknown as unknown[]).length);
    return stock.kernelFunc(call);
  };
  unregisterKernel('AddN', 'cpu');
  registerKernel({ ...stock, kernelFunc: addInGroups(counting) });
  try {
    for (const count of [1, 7, 8, 16, 60]) {
      sizes.length = 0;
      await expectNoLeak(() => {
        const sum = tidy(() => addN(Array.from({ length: count }, (_, i) => tensor1d([i, 1]))));
        expect(Array.from(sum.dataSync())).toEqual([(count * (count - 1)) / 2, count]);
        sum.dispose();
      });
      expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
    }
  } finally {
    unregisterKernel('AddN', 'cpu');
    registerKernel(stock);
  }
});

it('takes the place of stock kernels once, and leaves channels-first convolutions to them', () => {
  env().registerFlag('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', () => true);
  const stock = vi.fn(() => [] as never);
  const names = ['Conv2DBackpropFilter', 'AddN'];
  for (const kernelName of names) registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: stock });
  registerWebgpuKernels();
  const ours = names.map((name) => getKernel(name, 'webgpu') as KernelConfig);
  registerWebgpuKernels();
  expect(names.map((name) => getKernel(name, 'webgpu'))).toEqual(ours);
  expect(env().getBool('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE')).toBe(false);
  const call = { inputs: {}, attrs: { dataFormat: 'NCHW' }, backend: undefined };
  ours[0]?.kernelFunc(call as never);
  expect(stock).toHaveBeenCalledWith(call);
  for (const name of names) unregisterKernel(name, 'webgpu');
});
