// Brings the gradients of TensorFlow.js' other operations.
import '@tensorflow/tfjs-layers';
import {
  conv2d,
  mul,
  sum,
  type Tensor4D,
  tensor,
  tidy,
  transpose,
  type Variable,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../../test/describe-backends.js';
import { randomValues } from '../../../../test/random-values.js';

const first = (x: Tensor4D): Tensor4D => transpose(x, [0, 3, 1, 2]);

describeEachBuild('a convolution of images whose channels come first', () => {
  it.each([
    ['same', 1, [1, 1]],
    ['valid', [2, 1], [1, 1]],
    ['same', 1, [2, 2]],
    [1, 1, [1, 1]],
    [
      [
        [0, 0],
        [0, 0],
        [1, 2],
        [0, 1],
      ],
      1,
      [1, 1],
    ],
  ])(
    'equals that of channels last, with both gradients: padding %j, strides %j',
    (pad, strides, dilations) => {
      tidy(() => {
        const x = variable(tensor(randomValues(2 * 6 * 5 * 3, 1), [2, 6, 5, 3])) as Variable;
        const filter = variable(tensor(randomValues(3 * 2 * 3 * 4, 2), [3, 2, 3, 4])) as Variable;
        const lastPad = Array.isArray(pad) ? [pad[0], pad[2], pad[3], pad[1]] : pad;
        const run = (channelsFirst: boolean) => {
          const value = (): Tensor4D => {
            const images = x as unknown as Tensor4D;
            const w = filter as unknown as Tensor4D;
            const as = [strides, dilations] as [number, [number, number]];
            if (!channelsFirst) return first(conv2d(images, w, as[0], lastPad as 'same', 'NHWC', as[1]));
            return conv2d(first(images), w, as[0], pad as 'same', 'NCHW', as[1]);
          };
          const dy = tensor(randomValues(value().size, 3), value().shape);
          const { grads } = variableGrads(() => sum(mul(value(), dy)), [x, filter]);
          return [value(), grads[x.name]!, grads[filter.name]!].map((each) => ({
            shape: each.shape,
            values: Array.from(each.dataSync()),
          }));
        };
        expect(run(true)).toEqual(run(false));
      });
    },
  );
});
