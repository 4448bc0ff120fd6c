import { dispose, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const shapes = fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 33 }));

describeEachBuild('looking up bytes', () => {
  it('gives each byte the value of its channel', () => {
    fc.assert(
      fc.property(shapes, fc.nat(255), ([rows, channels], first) => {
        const bytes = Uint8Array.from({ length: rows * channels }, (_, i) => first + 37 * i);
        const tables = randomValues(channels * 256, 1);
        tidy(() => {
          const inputs = {
            bytes: tensor(bytes, [rows, channels], 'bool'),
            tables: tensor(tables, [channels, 256]),
          };
          const [out] = runKernel('MetadistillLookUpBytes', inputs) as [Tensor];
          expect(out.shape).toEqual([rows, channels]);
          const wrong = out
            .dataSync()
            .findIndex((value, i) => value !== tables[(i % channels) * 256 + (bytes[i] as number)]);
          expect(wrong).toBe(-1);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('refuses other dtypes and tables of other channels', () => {
    const inputs = { bytes: zeros([4, 3], 'bool'), tables: zeros([3, 256]) };
    const wrong = { bytes: zeros([4, 3]), tables: zeros([2, 256]) };
    for (const [name, each] of Object.entries(wrong)) {
      expect(() => runKernel('MetadistillLookUpBytes', { ...inputs, [name]: each })).toThrow(
        `lookUpBytes: ${name} `,
      );
    }
    const none = zeros([4, 0], 'bool');
    expect(() => runKernel('MetadistillLookUpBytes', { ...inputs, bytes: none })).toThrow('with channels');
    dispose([...Object.values(inputs), ...Object.values(wrong), none]);
  });
});
