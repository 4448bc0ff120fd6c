import {
  all,
  any,
  max,
  mean,
  min,
  prod,
  setBackend,
  sum,
  type Tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';

type Reduction = (x: Tensor, axis?: number | number[], keepDims?: boolean) => Tensor;

describeEachBuild('a reduction of nothing', () => {
  const numbers: [string, Reduction][] = Object.entries({ sum, mean, prod, max, min });
  const cases = [
    ...numbers.map((each) => ['float32', ...each] as const),
    ...numbers.slice(0, 3).map((each) => ['int32', ...each] as const),
    ['bool', 'any', any as Reduction] as const,
  ];
  it.each(cases)('of %s: %s is that of cpu', async (dtype, _, reduce) => {
    const run = () =>
      tidy(() =>
        [
          reduce(zeros([0, 3], dtype), 0),
          reduce(zeros([3, 0], dtype), -1, true),
          reduce(zeros([0], dtype)),
        ].map((each) => [each.dtype, each.shape, Array.from(each.dataSync())]),
      );
    const ours = run();
    await setBackend('cpu');
    const expected = run();
    await setBackend('wasm');
    expect(ours).toEqual(expected);
  });

  it('along another axis is nothing', () => {
    tidy(() => {
      expect(mean(zeros([0, 3, 2]), [1, 2]).shape).toEqual([0]);
    });
  });

  it('are all true', () => {
    tidy(() => {
      expect(Array.from(all(zeros([0, 2], 'bool'), 0).dataSync())).toEqual([1, 1]);
    });
  });
});
