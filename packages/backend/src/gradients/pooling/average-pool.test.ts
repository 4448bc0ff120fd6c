import {
  avgPool,
  avgPool3d,
  getKernel,
  grad,
  type KernelConfig,
  mul,
  registerKernel,
  sum,
  type Tensor,
  tensor,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { type PoolingCase, poolingWindows } from '../../../test/reference-pooling.js';
import type { BackendName } from '../../backend-name.js';
import { selectBackend } from '../../select-backend.js';

const same: PoolingCase['pad'] = 'same';
const cases: PoolingCase[] = [
  { batch: 2, shape: [1, 6, 6], channels: 3, size: [1, 3, 3], strides: [1, 2, 2], pad: same },
  { batch: 2, shape: [1, 7, 7], channels: 2, size: [1, 2, 2], strides: [1, 2, 2], pad: same },
  { batch: 1, shape: [1, 5, 8], channels: 1, size: [1, 1, 7], strides: [1, 3, 1], pad: same },
  { batch: 1, shape: [1, 3, 3], channels: 2, size: [1, 7, 5], strides: [1, 1, 1], pad: same },
  { batch: 2, shape: [1, 6, 5], channels: 2, size: [1, 3, 2], strides: [1, 2, 2], pad: 'valid' },
  {
    batch: 1,
    shape: [1, 6, 5],
    channels: 2,
    size: [1, 3, 3],
    strides: [1, 2, 1],
    pad: [
      [0, 0],
      [2, 0],
      [1, 2],
    ],
  },
  { batch: 2, shape: [4, 5, 3], channels: 2, size: [3, 2, 4], strides: [2, 1, 3], pad: same },
  // A number takes both sizes of the output from the height: here columns are left over, there rows of windows are clipped.
  { batch: 1, shape: [1, 6, 7], channels: 2, size: [1, 3, 2], strides: [1, 3, 1], pad: 0 },
  { batch: 1, shape: [1, 6, 5], channels: 1, size: [1, 2, 3], strides: [1, 2, 2], pad: 1 },
  { batch: 2, shape: [1, 5, 6], channels: 3, size: [1, 3, 3], strides: [1, 2, 2], pad: 1, rounding: 'ceil' },
];

const stock = ['AvgPoolGrad', 'AvgPool3DGrad'].map((name) => getKernel(name, 'cpu') as KernelConfig);

/** Puts the kernels in place of those that are there, and returns these. */
const exchange = (kernels: readonly KernelConfig[]): KernelConfig[] =>
  kernels.map((kernel) => {
    const before = getKernel(kernel.kernelName, 'cpu') as KernelConfig;
    unregisterKernel(kernel.kernelName, 'cpu');
    registerKernel(kernel);
    return before;
  });

const places: { readonly name: string; readonly backendName: BackendName; readonly own: boolean }[] = [
  { name: 'wasm', backendName: 'wasm', own: true },
  { name: 'cpu', backendName: 'cpu', own: true },
  { name: "a backend with TensorFlow.js' own kernel", backendName: 'cpu', own: false },
];

describe.each(places)('the gradient of average pooling on $name', ({ backendName, own }) => {
  beforeAll(async () => {
    await selectBackend({ prefer: backendName });
    const ours = own ? [] : exchange(stock);
    return async () => {
      exchange(ours);
      await selectBackend({ prefer: 'cpu' });
    };
  });

  it.each(cases)(
    'gives each position its share: windows of $size, strides $strides, padding $pad',
    (pooling) => {
      const { batch, shape, channels, pad } = pooling;
      const first = shape[0] === 1 ? 1 : 0;
      const inputShape = [batch, ...shape.slice(first), channels];
      const x = randomValues(
        inputShape.reduce((size, length) => size * length),
        1,
      );
      const { windows, shape: volume } = poolingWindows(pooling)!;
      const dy = randomValues(windows.length, 2);
      const [values, magnitudes] = [new Float64Array(x.length), new Float64Array(x.length)];
      for (const [i, window] of windows.entries()) {
        for (const at of window) {
          values[at]! += dy[i]! / window.length;
          magnitudes[at]! += Math.abs(dy[i]! / window.length);
        }
      }
      const pool = (first === 1 ? avgPool : avgPool3d) as (
        x: Tensor,
        size: unknown,
        strides: unknown,
        pad: unknown,
        rounding: PoolingCase['rounding'],
      ) => Tensor;
      tidy(() => {
        const cotangent = tensor(dy, [batch, ...volume.slice(1 + first)]);
        const tfjsPad = Array.isArray(pad) ? [[0, 0], ...pad.slice(1), [0, 0]] : pad;
        const of = (at: Tensor) =>
          sum(
            mul(
              pool(at, pooling.size.slice(first), pooling.strides.slice(first), tfjsPad, pooling.rounding),
              cotangent,
            ),
          );
        const gradient = grad(of)(tensor(x, inputShape));
        // A product with size / count, one division and up to as many additions as a window has positions.
        expectRounding(gradient.dataSync(), { values, magnitudes }, 40);
        expect(gradient.shape).toEqual(inputShape);
      });
    },
  );
});
