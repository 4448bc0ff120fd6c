import { dispose, fill, ones, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

function tests(): void {
  it('passes where the output is above zero and nowhere else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (size) => {
        const dy = randomValues(size, 1);
        const y = randomValues(size, 2).map((value) => Math.max(0, value));
        tidy(() => {
          const [dx] = runKernel('MetadistillReluGrad', { dy: tensor1d(dy), y: tensor1d(y) });
          const expected = Array.from(dy, (value, i) => (y[i]! > 0 ? value : 0));
          expect(Array.from((dx as Tensor).dataSync())).toEqual(expected);
        });
      }),
    );
  });

  it('passes nothing from maxValue on', () => {
    tidy(() => {
      const [dy, y] = [tensor1d([1, 2, 3, 4, 5, 6, 7]), tensor1d([0, 1, 5.9, 6, NaN, 6, 0.5])];
      const [dx] = runKernel('MetadistillReluGrad', { dy, y }, { maxValue: 6 });
      expect(Array.from((dx as Tensor).dataSync())).toEqual([0, 2, 3, 0, NaN, 0, 7]);
      const [unbounded] = runKernel('MetadistillReluGrad', { dy, y: fill([7], Infinity) });
      expect(Array.from((unbounded as Tensor).dataSync())).toEqual([1, 2, 3, 4, 5, 6, 7]);
    });
  });

  it('is NaN where the output is', () => {
    tidy(() => {
      const [dy, y] = [tensor1d([1, 2, 3, 4, 5, 6]), tensor1d([NaN, 1, 0, 2, NaN, NaN])];
      const [dx] = runKernel('MetadistillReluGrad', { dy, y });
      expect(Array.from((dx as Tensor).dataSync())).toEqual([NaN, 2, 0, 4, NaN, NaN]);
    });
  });

  it('refuses shapes that differ', () => {
    const inputs = { dy: ones([2, 3]), y: ones([3, 2]) };
    expect(() => runKernel('MetadistillReluGrad', inputs)).toThrow(
      /dy has shape \[2, 3\]; expected \[3, 2\]/,
    );
    dispose(inputs);
  });
}

describeEachBuild("relu's gradient", tests);
describeCpu("relu's gradient", tests);
