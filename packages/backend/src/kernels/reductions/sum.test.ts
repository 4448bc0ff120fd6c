import { mean, ones, sum, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

describeEachBuild('sums and means', () => {
  const cases = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axes: fc.shuffledSubarray(
        shape.map((_, axis) => axis),
        { minLength: 1 },
      ),
      keepDims: fc.boolean(),
      fromEnd: fc.boolean(),
    }),
  );

  it('are those of the definition over any axes', () => {
    fc.assert(
      fc.property(cases, ({ shape, axes, keepDims, fromEnd }) => expectSum(shape, axes, keepDims, fromEnd)),
      { numRuns: 150 },
    );
  });

  it.each([
    [[100_003], [0]],
    [[5, 9001], [1]],
    [[9001, 5], [0]],
    [
      [3, 70, 70, 2],
      [1, 2],
    ],
    [
      [2, 3, 1024],
      [0, 1],
    ],
  ])('are those of the definition for %j over %j', (shape, axes) => expectSum(shape, axes, false, false));

  it.each([
    [[7, 31], 1, 1],
    [[100, 3, 5], 1, 5],
    [[9, 2, 2], [-2, -1], 1],
    [[5, 5], undefined, 1],
  ])('of few values are one chain each, from first to last: %j over %j', (shape, axis, inner) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const x = randomValues(size, 5);
    tidy(() => {
      const [total] = runKernel('Sum', { x: tensor(x, shape) }, { axis }) as [Tensor];
      const length = size / total.size;
      const chains = Array.from({ length: total.size }, (_, i) => {
        const first = Math.floor(i / inner) * length * inner + (i % inner);
        let chain = 0;
        for (let at = 0; at < length; at++) chain = Math.fround(chain + x[first + at * inner]!);
        return chain;
      });
      expect(Array.from(total.dataSync())).toEqual(chains);
      const [average] = runKernel('Mean', { x: tensor(x, shape) }, { axis }) as [Tensor];
      expect(Array.from(average.dataSync())).toEqual(chains.map((chain) => Math.fround(chain / length)));
    });
  });

  it('leave whole numbers, no values and no axes to TensorFlow.js', () => {
    tidy(() => {
      expect(sum(tensor([1, 2, 2 ** 24 + 1], [3], 'int32')).dataSync()[0]).toBe(2 ** 24 + 4);
      expect(Array.from(sum(zeros([2, 0]), 1).shape)).toEqual([2]);
      expect(Array.from(sum(ones([2]), []).dataSync())).toEqual([1, 1]);
      expect(mean(ones([3])).dataSync()[0]).toBeCloseTo(1, 6);
    });
  });
});

function expectSum(shape: number[], axes: number[], keepDims: boolean, fromEnd: boolean): void {
  const size = shape.reduce((product, length) => product * length, 1);
  const x = randomValues(size, size);
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const count = kept.reduce((product, length) => product * length, 1);
  const exact = { values: new Float64Array(count), magnitudes: new Float64Array(count) };
  for (const [i, value] of x.entries()) {
    let [rest, to, step] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (!axes.includes(axis)) to += step * (rest % shape[axis]!);
      step *= kept[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    exact.values[to]! += value;
    exact.magnitudes[to]! += Math.abs(value);
  }
  const length = size / count;
  const axis = axes.map((each) => (fromEnd ? each - shape.length : each));
  tidy(() => {
    const given = { x: tensor(x, shape) };
    const [total] = runKernel('Sum', given, { axis, keepDims }) as [Tensor];
    expect(total.shape).toEqual(keepDims ? kept : shape.filter((_, each) => !axes.includes(each)));
    expectRounding(total.dataSync(), exact, length);
    const [average] = runKernel('Mean', given, { axis, keepDims }) as [Tensor];
    const scaled = (values: Float64Array) => values.map((value) => value / length);
    const means = { values: scaled(exact.values), magnitudes: scaled(exact.magnitudes) };
    // Two roundings more: of 1 / length, and of the product.
    expectRounding(average.dataSync(), means, length + 1);
  });
}
