import { dispose, ones, prelu, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { spreadValues } from '../../../test/fused-activations.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

describeEachBuild('prelu', () => {
  it('has slopes that spread along any axes', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.array(fc.boolean(), { maxLength: 4 }), (shape, axes) => {
        const values = randomValues(
          shape.reduce((size, length) => size * length, 1),
          1,
        );
        const slopes = spreadValues(axes.slice(-shape.length), shape, 2);
        tidy(() => {
          const alpha = tensor(slopes.values, slopes.shape);
          const [y] = runKernel('Prelu', { x: tensor(values, shape), alpha }) as [Tensor];
          expect(y.shape).toEqual(shape);
          const expected = values.map((value, i) => (value < 0 ? slopes.at(i) * value : value));
          expect(Array.from(y.dataSync())).toEqual(Array.from(expected));
        });
      }),
      { numRuns: 200 },
    );
  });

  it('refuses slopes that do not spread', () => {
    const inputs = { x: zeros([2, 3]), alpha: ones([2]) };
    expect(() => runKernel('Prelu', inputs)).toThrow(
      /prelu: alpha has shape \[2\]; expected one that spreads/,
    );
    expect(() => tidy(() => prelu(inputs.x, ones([2, 1], 'int32')))).toThrow(/prelu: alpha is int32/);
    dispose(inputs);
  });
});
