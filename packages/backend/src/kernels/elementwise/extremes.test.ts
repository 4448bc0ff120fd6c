import { maximum, minimum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';

const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);

/** Every ninth value is a NaN. */
const valuesOf = (shape: readonly number[], seed: number) =>
  randomValues(sizeOf(shape), seed).map((value, i) =>
    (i + seed) % 9 === 0 ? Number.NaN : Math.fround(value),
  );

describeEachBuild('the larger and the smaller of two', () => {
  it.each([
    [[7], [7]],
    [[2, 3, 5], [5]],
    [[4], [2, 3, 4]],
    [
      [2, 1, 4],
      [3, 1],
    ],
    [
      [2, 3, 4],
      [2, 1, 4],
    ],
    [[13], []],
    [[], [13]],
    [[1], [1]],
    [
      [6, 2],
      [6, 1],
    ],
    [[0, 3], [3]],
  ])('of %j and %j keep NaN', (shapeA, shapeB) => {
    tidy(() => {
      const [a, b] = [valuesOf(shapeA, 1), valuesOf(shapeB, 2)];
      const rank = Math.max(shapeA.length, shapeB.length);
      const padded = [shapeA, shapeB].map((shape) => [...new Array(rank - shape.length).fill(1), ...shape]);
      const shape = padded[0]!.map((length, axis) => (length === 1 ? padded[1]![axis]! : length));
      const valueAt = (values: ArrayLike<number>, own: number[], at: number) => {
        let [rest, index, step] = [at, 0, 1];
        for (let axis = rank - 1; axis >= 0; axis--) {
          if (own[axis]! > 1) index += step * (rest % shape[axis]!);
          step *= own[axis]!;
          rest = Math.floor(rest / shape[axis]!);
        }
        return values[index]!;
      };
      for (const [f, exact] of [
        [maximum, Math.max],
        [minimum, Math.min],
      ] as const) {
        const y: Tensor = f(tensor(a, shapeA), tensor(b, shapeB));
        expect(y.shape).toEqual(shape);
        const expected = Array.from({ length: sizeOf(shape) }, (_, at) =>
          exact(valueAt(a, padded[0]!, at), valueAt(b, padded[1]!, at)),
        );
        expect(Array.from(y.dataSync())).toEqual(expected);
      }
    });
  });

  it('stay with TensorFlow.js for whole numbers', () => {
    tidy(() => {
      const y = maximum(tensor([1, 5], [2], 'int32'), tensor([3], [1], 'int32'));
      expect([y.dtype, ...y.dataSync()]).toEqual(['int32', 3, 5]);
    });
  });
});
