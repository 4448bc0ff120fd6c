import { dispose, fused, matMul, ones, reshape, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from './describe-backends.js';
import { expectRounding, type Sums } from './expect-rounding.js';
import { expectActivated, fusedCases, spreadValues } from './fused-activations.js';
import { randomValues } from './random-values.js';
import { runKernel } from './run-kernel.js';

const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);
const length = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(1, 2, 8, 50, 70, 130));

const products = fc
  .record({
    // Leading axes as a and b have them: both, or one where the other has it.
    batch: fc.array(fc.constantFrom([2, 2], [3, 3], [1, 3], [2, 1], [1, 1]), { maxLength: 2 }),
    aRank: fc.integer({ min: 0, max: 2 }),
    rows: length,
    inner: length,
    columns: length,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .filter(({ rows, inner, columns }) => rows * inner * columns < 100_000);

type Case = typeof products extends fc.Arbitrary<infer T> ? T : never;

/** Operands, and their products by the definition in float64. */
function draw({ batch, aRank, rows, inner, columns, transposeA, transposeB, seed }: Case) {
  const leading = [
    batch.slice(Math.max(0, batch.length - aRank)).map(([a]) => a!),
    batch.map(([, b]) => b!),
  ] as const;
  const shapes = [
    [...leading[0], ...(transposeA ? [inner, rows] : [rows, inner])],
    [...leading[1], ...(transposeB ? [columns, inner] : [inner, columns])],
  ] as const;
  const [a, b] = [randomValues(sizeOf(shapes[0]), seed), randomValues(sizeOf(shapes[1]), seed + 1)];
  const outer = batch.map(([, own], axis) =>
    Math.max(own!, leading[0][axis - batch.length + leading[0].length] ?? 1),
  );
  const shape = [...outer, rows, columns];
  const exact: Sums = {
    values: new Float64Array(sizeOf(shape)),
    magnitudes: new Float64Array(sizeOf(shape)),
  };
  for (let index = 0; index < sizeOf(outer); index++) {
    const [atA, atB] = leading.map((own) => matrixAt(index, outer, own) * inner) as [number, number];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = (index * rows + row) * columns + column;
        for (let k = 0; k < inner; k++) {
          const left = a[atA * rows + (transposeA ? k * rows + row : row * inner + k)]!;
          const right = b[atB * columns + (transposeB ? column * inner + k : k * columns + column)]!;
          exact.values[at]! += left * right;
          exact.magnitudes[at]! += Math.abs(left * right);
        }
      }
    }
  }
  return { a: tensor(a, [...shapes[0]]), b: tensor(b, [...shapes[1]]), shape, exact };
}

/** Which matrix of an operand meets the one at `index` of the broadcast batch. */
function matrixAt(index: number, outer: readonly number[], own: readonly number[]): number {
  let [rest, at, step] = [index, 0, 1];
  for (let axis = 1; axis <= own.length; axis++) {
    if (own.at(-axis)! > 1) at += step * (rest % outer.at(-axis)!);
    step *= own.at(-axis)!;
    rest = Math.floor(rest / outer.at(-axis)!);
  }
  return at;
}

describeEachBuild('batches of products', () => {
  it('equal their definition, whatever is broadcast, transposed or empty', () => {
    fc.assert(
      fc.property(products, (test) => {
        tidy(() => {
          const { a, b, shape, exact } = draw(test);
          const [got] = runKernel('BatchMatMul', { a, b }, test) as [Tensor];
          expect(got.shape).toEqual(shape);
          expectRounding(got.dataSync(), exact, test.inner);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('take a bias and an activation along', () => {
    fc.assert(
      fc.property(products, fusedCases, (test, fusedCase) => {
        tidy(() => {
          const { a, b, shape, exact } = draw(test);
          const own = <Axes extends readonly boolean[]>(axes: Axes) => axes.slice(-shape.length);
          const bias = fusedCase.bias && spreadValues(own(fusedCase.bias), shape, test.seed + 2);
          const slopes = spreadValues(own(fusedCase.slopes), shape, test.seed + 3);
          const inputs = {
            a,
            b,
            ...(bias && { bias: tensor(bias.values, bias.shape) }),
            ...(fusedCase.activation === 'prelu' && {
              preluActivationWeights: tensor(slopes.values, slopes.shape),
            }),
          };
          const [got] = runKernel('_FusedMatMul', inputs, { ...test, ...fusedCase }) as [Tensor];
          expect(got.shape).toEqual(shape);
          expectActivated(got, exact, test.inner, fusedCase, bias?.at ?? (() => 0), slopes.at);
        });
      }),
      { numRuns: 300 },
    );
  });

  // TensorFlow.js' own kernels keep b packed by the id of its data, and use that in whatever shape b comes next.
  const shapes: readonly [number, number][] = [
    [12, 1],
    [1, 12],
    [3, 4],
    [4, 3],
    [2, 6],
  ];
  it.each([shapes, shapes.toReversed()])('are right if one tensor is b in several shapes', (...order) => {
    tidy(() => {
      const values = randomValues(12, 5);
      const data = tensor(values);
      for (const [inner, columns] of [...order, ...order]) {
        const a = randomValues(5 * inner, inner);
        const exact = { values: new Float64Array(5 * columns), magnitudes: new Float64Array(5 * columns) };
        for (let at = 0; at < 5 * columns; at++) {
          for (let k = 0; k < inner; k++) {
            const product = a[Math.floor(at / columns) * inner + k]! * values[k * columns + (at % columns)]!;
            exact.values[at]! += product;
            exact.magnitudes[at]! += Math.abs(product);
          }
        }
        const [left, right] = [tensor(a, [5, inner]), reshape(data, [inner, columns])] as [never, never];
        expectRounding((matMul(left, right) as Tensor).dataSync(), exact, inner);
        expectRounding((fused.matMul({ a: left, b: right }) as Tensor).dataSync(), exact, inner);
        const rectified = exact.values.map((value) => Math.max(0, value));
        const relu = fused.matMul({ a: left, b: right, activation: 'relu' }) as Tensor;
        expectRounding(relu.dataSync(), { ...exact, values: rectified }, inner);
      }
    });
  });

  it('refuse operands that do not fit', () => {
    const inputs = { a: ones([2, 3, 4]), b: ones([2, 3, 4]) };
    for (const kernel of ['BatchMatMul', '_FusedMatMul']) {
      expect(() => runKernel(kernel, inputs)).toThrow(/expected inner sizes that agree, got 4 and 3/);
    }
    const bias = ones([2]);
    expect(() => runKernel('_FusedMatMul', { ...inputs, bias }, { transposeB: true })).toThrow(
      /fusedMatMul: bias has shape \[2\]; expected one that spreads to the output \[2, 3, 3\]/,
    );
    dispose([...Object.values(inputs), bias]);
  });
});
