import { tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

describeEachBuild('scaling tensors', () => {
  it('rounds each product once', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(sizes, fc.float({ noNaN: true }), (lengths, factor) => {
        const xs = lengths.map((length, i) => randomValues(length, i));
        tidy(() => {
          const inputs = xs.map((x) => tensor1d(x));
          const scaled = runKernel('MetadistillScale', inputs, { factor });
          const expected = xs.map((x) => Array.from(x, (value) => Math.fround(value * factor)));
          expect(scaled.map((each) => Array.from(each.dataSync()))).toEqual(expected);
        });
      }),
    );
  });

  it('refuses another dtype', () => {
    const x = zeros([2], 'int32');
    expect(() => runKernel('MetadistillScale', [x], { factor: 2 })).toThrow('scale: x[0] is int32');
    x.dispose();
  });
});
