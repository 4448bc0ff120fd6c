import { dispose, ones, type Tensor, tensor1d, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding, type Sums } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

interface Case {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 2, 8, 64, 600));

const cases: fc.Arbitrary<Case> = fc
  .record({ rows: size, inner: size, columns: size, transposeA: fc.boolean(), transposeB: fc.boolean() })
  .filter(({ rows, inner, columns }) => rows * inner * columns < 500_000);

/** op(A)·op(B) by its definition, in float64. */
function product(
  { rows, inner, columns, transposeA, transposeB }: Case,
  a: Float32Array,
  b: Float32Array,
): Sums {
  const values = new Float64Array(rows * columns);
  const magnitudes = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let k = 0; k < inner; k++) {
        const left = a[transposeA ? k * rows + row : row * inner + k] as number;
        const right = b[transposeB ? column * inner + k : k * columns + column] as number;
        const at = row * columns + column;
        values[at] = (values[at] as number) + left * right;
        magnitudes[at] = (magnitudes[at] as number) + Math.abs(left * right);
      }
    }
  }
  return { values, magnitudes };
}

const shapeOf = (rows: number, columns: number, transposed: boolean): [number, number] =>
  transposed ? [columns, rows] : [rows, columns];

describeEachBuild('matrix products', () => {
  it('equal their definition for all four transpositions', () => {
    fc.assert(
      fc.property(cases, (test) => {
        const { rows, inner, columns, transposeA, transposeB } = test;
        const a = randomValues(rows * inner, 1);
        const b = randomValues(inner * columns, 2);
        tidy(() => {
          const inputs = {
            a: tensor2d(a, shapeOf(rows, inner, transposeA)),
            b: tensor2d(b, shapeOf(inner, columns, transposeB)),
          };
          const [got] = runKernel('MetadistillMatMul', inputs, test) as [Tensor];
          expect(got.shape).toEqual([rows, columns]);
          expectRounding(got.dataSync(), product(test, a, b), inner);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('take a bias along in a dense layer', () => {
    fc.assert(
      fc.property(cases, (test) => {
        const [a, b] = [randomValues(test.rows * test.inner, 1), randomValues(test.inner * test.columns, 2)];
        const bias = randomValues(test.columns, 3);
        const exact = product({ ...test, transposeA: false, transposeB: false }, a, b);
        for (const i of exact.values.keys()) {
          const added = bias[i % test.columns] as number;
          exact.values[i] = (exact.values[i] as number) + added;
          exact.magnitudes[i] = (exact.magnitudes[i] as number) + Math.abs(added);
        }
        tidy(() => {
          const inputs = {
            x: tensor2d(a, [test.rows, test.inner]),
            weight: tensor2d(b, [test.inner, test.columns]),
            bias: tensor1d(bias),
          };
          const [got] = runKernel('MetadistillDense', inputs) as [Tensor];
          expect(got.shape).toEqual([test.rows, test.columns]);
          expectRounding(got.dataSync(), exact, test.inner + 1);
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [130, 200, 100],
    [300, 70, 68],
    [600, 130, 64],
    [40, 129, 79],
    [24, 70, 1000],
    [9, 64, 16],
    [1000, 3, 70],
  ])(
    'have rows whose bits do not depend on how many there are: %i×%i by %i columns',
    (rows, inner, columns) => {
      const [a, b] = [randomValues(rows * inner, 1), randomValues(inner * columns, 2)];
      const bias = randomValues(columns, 3);
      const rowsOf = (from: number, count: number) => {
        const inputs = {
          a: tensor3d(a.subarray(from * inner, (from + count) * inner), [1, count, inner]),
          b: tensor3d(b, [1, inner, columns]),
          bias: tensor1d(bias),
        };
        const [y] = runKernel('_FusedMatMul', inputs, { activation: 'relu6' }) as [Tensor];
        return Array.from(y.dataSync());
      };
      tidy(() => {
        const all = rowsOf(0, rows);
        for (const from of [0, 1, Math.floor(rows / 2), rows - 2]) {
          expect(all.slice(from * columns, (from + 2) * columns)).toEqual(rowsOf(from, 2));
        }
      });
    },
  );

  it('refuse sizes that do not agree', () => {
    const inputs = { a: ones([3, 4]), b: ones([3, 4]) };
    expect(() => runKernel('MetadistillMatMul', inputs, { transposeA: false })).toThrow(/got 4 and 3/);
    dispose(inputs);
    const layer = { x: ones([3, 4]), weight: ones([4, 2]), bias: ones([2]) };
    const wrong = { weight: ones([3, 2]), bias: ones([3]), x: ones([4]) };
    for (const [name, tensor] of Object.entries(wrong)) {
      const inputs = { ...layer, [name]: tensor };
      expect(() => runKernel('MetadistillDense', inputs)).toThrow(`dense: ${name} `);
    }
    dispose([...Object.values(layer), ...Object.values(wrong)]);
  });
});
