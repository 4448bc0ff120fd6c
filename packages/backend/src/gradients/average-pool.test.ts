import { avgPool, avgPool3d, grad, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRounding } from '../../test/expect-rounding.js';
import { randomValues } from '../../test/random-values.js';
import { type PoolingCase, poolingWindows } from '../../test/reference-pooling.js';
import type { BackendName } from '../backend-name.js';
import { selectBackend } from '../select-backend.js';

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
];

describe.each<BackendName>(['wasm', 'cpu'])('the gradient of average pooling on %s', (backendName) => {
  beforeAll(async () => {
    await selectBackend({ prefer: backendName });
    return async () => void (await selectBackend({ prefer: 'cpu' }));
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
      ) => Tensor;
      tidy(() => {
        const cotangent = tensor(dy, [batch, ...volume.slice(1 + first)]);
        const tfjsPad = typeof pad === 'string' ? pad : [[0, 0], ...pad.slice(1), [0, 0]];
        const of = (at: Tensor) =>
          sum(mul(pool(at, pooling.size.slice(first), pooling.strides.slice(first), tfjsPad), cotangent));
        const gradient = grad(of)(tensor(x, inputShape));
        // A product with size / count, one division and up to as many additions as a window has positions.
        expectRounding(gradient.dataSync(), { values, magnitudes }, 40);
        expect(gradient.shape).toEqual(inputShape);
      });
    },
  );
});
