import {
  conv2d,
  dispose,
  grads,
  matMul,
  memory,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../src/select-backend.js';
import { randomValues } from './random-values.js';
import { runKernel } from './run-kernel.js';

type Shape = readonly [number, number, number, number];

/** Large enough to be split, by images, by rows and by channels. */
const images: readonly Shape[] = [
  [128, 14, 14, 8],
  [16, 17, 15, 32],
  [3, 60, 48, 12],
  [33, 9, 9, 5],
  [1, 30, 31, 40],
];

const random = (shape: readonly number[], seed: number): Tensor =>
  tensor(
    randomValues(
      shape.reduce((size, axis) => size * axis, 1),
      seed,
    ),
    [...shape],
  );

const convolution =
  (shape: Shape, outputs: number, strides: number, pad: 'same' | 'valid', size = 3) =>
  (): Tensor[] => {
    const [x, filter] = [random(shape, 1), random([size, size, shape[3], outputs], 2)];
    const y = conv2d(x as Tensor4D, filter as Tensor4D, strides, pad);
    const dy = random(y.shape, 3);
    const derivatives = grads((a, f) => conv2d(a as Tensor4D, f as Tensor4D, strides, pad))([x, filter], dy);
    dispose([x, filter, dy]);
    return [y, ...derivatives];
  };

const product =
  (a: readonly number[], b: readonly number[], transposeA: boolean, transposeB: boolean) => () => {
    const [left, right] = [random(a, 1), random(b, 2)];
    const y = matMul(left as Tensor2D, right as Tensor2D, transposeA, transposeB);
    dispose([left, right]);
    return [y];
  };

const normalisation = (shape: Shape, pools: boolean) => () => {
  const channels = [shape[3]];
  const [x, dx, scale, offset] = [
    random(shape, 1),
    random(shape, 2),
    random(channels, 3),
    random(channels, 4),
  ];
  const attributes = { epsilon: 1e-3 };
  const name = pools ? 'MetadistillBatchNormReluMaxPool' : 'MetadistillBatchNormTraining';
  const [y, ...rest] = runKernel(name, { x, scale, offset }, attributes) as [Tensor, ...Tensor[]];
  const [mean, variance] = rest.slice(-2) as [Tensor, Tensor];
  const argmax = pools ? { argmax: rest[0] as Tensor } : {};
  const dy = random(y.shape, 5);
  const gradient = runKernel(`${name}Grad`, { x, dy, ...argmax, scale, mean, variance }, attributes);
  const tangents = { dScale: scale, dOffset: offset };
  const tangent = runKernel(
    `${name}Jvp`,
    { x, dx, ...argmax, scale, ...tangents, mean, variance },
    attributes,
  );
  const evaluated = runKernel(
    pools ? `${name}Evaluation` : 'MetadistillBatchNormEvaluation',
    { x, scale, offset, mean, variance },
    attributes,
  );
  dispose([x, dx, scale, offset, dy]);
  return [y, ...rest, ...gradient, ...tangent, ...evaluated];
};

const elementwise = (size: number) => () => {
  const [x, y] = [random([size], 1), random([size], 2)];
  const results = [
    ...runKernel('MetadistillCombine', [x, y], { xScale: 0.3, yScales: [-2] }),
    ...runKernel('MetadistillScale', [x], { factor: 3 }),
    ...runKernel('MetadistillReluGrad', { dy: x, y }),
  ];
  dispose([x, y]);
  return results;
};

const cases: readonly (readonly [string, () => Tensor[]])[] = [
  ...images.flatMap((shape) =>
    (['same', 'valid'] as const).flatMap((pad) => [
      [`convolution ${shape} ${pad}`, convolution(shape, 12, 1, pad)] as const,
      [`convolution ${shape} ${pad}, stride 2`, convolution(shape, 40, 2, pad)] as const,
      [`convolution ${shape} ${pad}, 1 × 1`, convolution(shape, 64, 1, pad, 1)] as const,
    ]),
  ),
  ...images.flatMap((shape) =>
    [false, true].map(
      (pools) => [`batch norm ${shape}${pools ? ' pooled' : ''}`, normalisation(shape, pools)] as const,
    ),
  ),
  ['product', product([300, 200], [200, 100], false, false)],
  ['product, left transposed', product([200, 300], [200, 100], true, false)],
  ['product, right transposed', product([300, 200], [100, 200], false, true)],
  ['elementwise', elementwise(100_003)],
];

describe.each(['fast', 'direct'] as const)(
  'in %s arithmetic, results on any number of threads',
  (arithmetic) => {
    const alone = new Map<string, Uint8Array[]>();
    const bitsOf = (compute: () => Tensor[]): Uint8Array[] => {
      const before = memory().numTensors;
      const tensors = compute();
      const bits = tensors.map((each) => new Uint8Array(each.dataSync().buffer.slice(0)));
      dispose(tensors);
      expect(memory().numTensors).toBe(before);
      return bits;
    };
    beforeAll(async () => {
      await selectBackend({ prefer: 'wasm', arithmetic, threads: 1 });
      for (const [name, compute] of cases) alone.set(name, bitsOf(compute));
    });
    afterAll(async () => void (await selectBackend({ prefer: 'cpu' })));

    it.each([2, 3, 8])('are those of one: %i', async (threads) => {
      const choice = await selectBackend({ prefer: 'wasm', arithmetic, threads });
      expect(choice.threads).toBe(threads);
      for (const [name, compute] of cases) {
        for (let round = 0; round < 3; round++) {
          const bits = bitsOf(compute);
          const differing = alone
            .get(name)!
            .findIndex((expected, i) => Buffer.compare(expected, bits[i]!) !== 0);
          expect(differing, `output of ${name}`).toBe(-1);
        }
      }
    });
  },
);
