import {
  cumsum,
  grad,
  mirrorPad,
  mul,
  prod,
  sum,
  type Tensor,
  tensor,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomValues } from '../../../test/random-values.js';
import type { BackendName } from '../../backend-name.js';
import { selectBackend } from '../../select-backend.js';

type Of = (x: Tensor) => Tensor;

/** Linear, or nearly so for a step of 2^-3: the difference is exact to float32. */
const cases: [string, number[], Of][] = [
  ['tile of rank 5', [1, 2, 1, 3, 2], (x) => tile(x, [2, 1, 3, 2, 2])],
  ['tile of rank 1', [3], (x) => tile(x, [4])],
  ['cumsum of the first axis', [3, 4], (x) => cumsum(x, 0)],
  ['cumsum of the middle axis, exclusive and reversed', [2, 3, 4], (x) => cumsum(x, 1, true, true)],
  [
    'mirrorPad, symmetric',
    [3, 4],
    (x) =>
      mirrorPad(
        x,
        [
          [2, 3],
          [0, 4],
        ],
        'symmetric',
      ),
  ],
  [
    'mirrorPad, reflected',
    [3, 4, 2],
    (x) =>
      mirrorPad(
        x,
        [
          [2, 1],
          [3, 0],
          [1, 1],
        ],
        'reflect',
      ),
  ],
  ['prod of the last axis', [3, 4], (x) => prod(x, -1)],
  ['prod of two axes', [2, 3, 2], (x) => prod(x, [0, -1])],
  ['prod of all axes', [2, 2], (x) => prod(x)],
];

describe.each<BackendName>(['wasm', 'cpu'])('gradients of rearranged tensors on %s', (backendName) => {
  beforeAll(async () => {
    await selectBackend({ prefer: backendName });
    return async () => void (await selectBackend({ prefer: 'cpu' }));
  });

  it.each(cases)('%s equals its difference', (_, shape, f) => {
    tidy(() => {
      const size = shape.reduce((product, length) => product * length, 1);
      const values = randomValues(size, 1);
      const dy = tensor(randomValues(f(tensor(values, shape)).size, 2), f(tensor(values, shape)).shape);
      const loss = (x: Tensor): Tensor => sum(mul(f(x), dy));
      const dx = grad(loss)(tensor(values, shape));
      expect(dx.shape).toEqual(shape);
      const found = dx.dataSync();
      for (let i = 0; i < size; i++) {
        const at = (step: number) => {
          const moved = Float32Array.from(values);
          moved[i]! += step;
          return loss(tensor(moved, shape)).dataSync()[0]!;
        };
        // All are linear in each single value.
        expect(found[i]).toBeCloseTo((at(0.5) - at(-0.5)) / 1, 4);
      }
    });
  });
});
