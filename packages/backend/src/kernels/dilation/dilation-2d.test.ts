// Brings the gradients of TensorFlow.js' other operations.
import '@tensorflow/tfjs-layers';
import {
  dilation2d,
  grads,
  mul,
  setBackend,
  sum,
  type Tensor3D,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';

describeEachBuild('dilation', () => {
  it.each([
    ['same', 1, 1, -5],
    ['valid', 2, 1, -5],
    ['same', 1, 2, 0],
    ['valid', 1, 1, 0],
  ] as const)(
    'and its gradients are those of cpu: %s, stride %i, dilation %i, about %i',
    async (pad, stride, dilation, about) => {
      const x = randomValues(2 * 5 * 6 * 3, 1).map((value) => value + about);
      const filter = randomValues(2 * 3 * 3, 2);
      const run = () =>
        tidy(() => {
          const y = (images: Tensor4D, w: Tensor3D) => dilation2d(images, w, stride, pad, dilation);
          const inputs = [tensor(x, [2, 5, 6, 3]), tensor(filter, [2, 3, 3])] as [Tensor4D, Tensor3D];
          const value = y(...inputs);
          const dy = tensor(randomValues(value.size, 3), value.shape);
          const gradients = grads((a, b) => sum(mul(y(a as Tensor4D, b as Tensor3D), dy)))(inputs);
          return [value, ...gradients].map((each) => Array.from(each.dataSync()));
        });
      const ours = run();
      await setBackend('cpu');
      const expected = run();
      await setBackend('wasm');
      // Additions of the same terms in the same order, which cpu rounds once more.
      for (const [i, values] of expected.entries()) {
        for (const [at, value] of values.entries()) expect(ours[i]![at]).toBeCloseTo(value, 5);
      }
    },
  );
});
