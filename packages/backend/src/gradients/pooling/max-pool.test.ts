import {
  grad,
  maxPool,
  maxPool3d,
  range,
  reshape,
  sum,
  type Tensor4D,
  type Tensor5D,
  tidy,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackendName } from '../../backend-name.js';
import { selectBackend } from '../../select-backend.js';

describe.each<BackendName>(['wasm', 'cpu'])('the gradient of max pooling on %s', (backendName) => {
  beforeAll(async () => {
    await selectBackend({ prefer: backendName });
    return async () => void (await selectBackend({ prefer: 'cpu' }));
  });

  // The largest value of each window is its last one.
  it('has as many windows as the value if sizes are rounded up', () => {
    tidy(() => {
      const x = reshape(range(0, 30), [1, 6, 5, 1]);
      const dx = grad((image) => sum(maxPool(image as Tensor4D, 3, 2, 1, 'ceil')))(x);
      const expected = new Array(30).fill(0);
      for (const row of [1, 3, 5, 5]) for (const column of [1, 3, 4]) expected[5 * row + column]++;
      expect(Array.from(dx.dataSync())).toEqual(expected);
    });
  });

  it('of volumes too', () => {
    tidy(() => {
      const x = reshape(range(0, 36), [1, 4, 3, 3, 1]);
      const dx = grad((volume) => sum(maxPool3d(volume as Tensor5D, 2, 2, 0, 'ceil')))(x);
      const expected = new Array(36).fill(0);
      for (const plane of [1, 3])
        for (const row of [1, 2]) for (const column of [1, 2]) expected[9 * plane + 3 * row + column]++;
      expect(Array.from(dx.dataSync())).toEqual(expected);
    });
  });
});
