import {
  grads,
  matMul,
  maximum,
  minimum,
  mul,
  squaredDifference,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomValues } from '../../../test/random-values.js';
import type { BackendName } from '../../backend-name.js';
import { selectBackend } from '../../select-backend.js';

const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);
const random = (shape: readonly number[], seed: number) =>
  tensor(randomValues(sizeOf(shape), seed), [...shape]);

type Pair = (a: Tensor, b: Tensor) => Tensor;

/** The gradients of Σ f(a, b) · dy equal those of a and b spread by hand to the output's shape, and summed by hand. */
function expectSummed(f: Pair, spread: Pair, a: Tensor, b: Tensor, wholeA: number[], wholeB: number[]): void {
  const dy = random(f(a, b).shape, 3);
  const by = (of: Pair) => grads((x, y) => sum(mul(of(x!, y!), dy)));
  const given = by(f)([a, b]);
  const ones = (shape: number[]) => tensor(new Float32Array(sizeOf(shape)).fill(1), shape);
  const whole = by(spread)([mul(a, ones(wholeA)), mul(b, ones(wholeB))]);
  for (const [i, each] of [a, b].entries()) {
    expect(given[i]!.shape).toEqual(each.shape);
    const summed = new Float64Array(each.size);
    const from = whole[i]!.dataSync();
    const places = indexOf(each.shape, whole[i]!.shape);
    for (const [at, place] of places.entries()) summed[place]! += from[at]!;
    const found = given[i]!.dataSync();
    for (const [at, value] of summed.entries()) expect(found[at]).toBeCloseTo(value, 4);
  }
}

/** For each value of the whole, where it comes from in a shape that spreads to it. */
function indexOf(shape: readonly number[], whole: readonly number[]): number[] {
  const padded = [...new Array(whole.length - shape.length).fill(1), ...shape];
  return Array.from({ length: sizeOf(whole) }, (_, at) => {
    let [rest, index, step] = [at, 0, 1];
    for (let axis = whole.length - 1; axis >= 0; axis--) {
      const own = rest % whole[axis]!;
      rest = Math.floor(rest / whole[axis]!);
      if (padded[axis] !== 1) index += step * own;
      step *= padded[axis];
    }
    return index;
  });
}

describe.each<BackendName>(['wasm', 'cpu'])('gradients of operands that spread on %s', (backendName) => {
  beforeAll(async () => {
    await selectBackend({ prefer: backendName });
    return async () => void (await selectBackend({ prefer: 'cpu' }));
  });

  const functions: [string, Pair][] = [
    ['maximum', maximum],
    ['minimum', minimum],
    ['squaredDifference', squaredDifference],
  ];
  const shapes: [number[], number[], number[]][] = [
    [[2, 3, 4], [4], [2, 3, 4]],
    [
      [2, 1, 4],
      [3, 1],
      [2, 3, 4],
    ],
    [[], [2, 3], [2, 3]],
    [[5], [5], [5]],
  ];
  it.each(functions.flatMap(([name, f]) => shapes.map((each) => [name, ...each, f] as const)))(
    '%s of %j and %j',
    (_, a, b, whole, f) => {
      tidy(() => expectSummed(f, f, random(a, 1), random(b, 2), whole, whole));
    },
  );

  it('gives the first of equal operands the gradient of their maximum', () => {
    tidy(() => {
      const [a, b] = grads((x, y) => sum(maximum(x!, y!)))([tensor([1, 2]), tensor([1, 3])]);
      expect([a!, b!].map((each) => Array.from(each.dataSync()))).toEqual([
        [1, 0],
        [0, 1],
      ]);
    });
  });

  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('matMul over batch axes, transposed: %s, %s', (transposeA, transposeB) => {
    const matrix = (batch: number[], rows: number, columns: number, transposed: boolean) =>
      transposed ? [...batch, columns, rows] : [...batch, rows, columns];
    const product: Pair = (a, b) => matMul(a, b, transposeA, transposeB);
    tidy(() => {
      const batches: [number[], number[], number[]][] = [
        [[3], [1], [3]],
        [[], [2, 3], [2, 3]],
        // TensorFlow.js' product on cpu repeats an operand as it lies in memory, which is wrong here.
        ...(backendName === 'cpu'
          ? []
          : [
              [
                [2, 1],
                [1, 3],
                [2, 3],
              ] as [number[], number[], number[]],
            ]),
      ];
      for (const [batchA, batchB, batch] of batches) {
        const a = random(matrix(batchA, 4, 5, transposeA), 1);
        const b = random(matrix(batchB, 5, 2, transposeB), 2);
        const wholes = [matrix(batch, 4, 5, transposeA), matrix(batch, 5, 2, transposeB)] as const;
        expectSummed(product, product, a, b, ...wholes);
      }
    });
  });
});
