import { type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';
import { selectBackend } from '../../select-backend.js';

describeEachBuild('sum per channel', () => {
  it('is the sum over all rows, for any number of channels', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 33 }));
    fc.assert(
      fc.property(sizes, ([rows, channels]) => {
        const x = randomValues(rows * channels, rows);
        const exact = { values: new Float64Array(channels), magnitudes: new Float64Array(channels) };
        for (const [i, value] of x.entries()) {
          const c = i % channels;
          exact.values[c] = (exact.values[c] as number) + value;
          exact.magnitudes[c] = (exact.magnitudes[c] as number) + Math.abs(value);
        }
        tidy(() => {
          const [sums] = runKernel('MetadistillSumPerChannel', { x: tensor(x, [rows, channels]) }) as [
            Tensor,
          ];
          expectRounding(sums.dataSync(), exact, rows);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('is zero without rows, and refuses a tensor without channels', () => {
    tidy(() => {
      const [sums] = runKernel('MetadistillSumPerChannel', { x: zeros([0, 3]) }) as [Tensor];
      expect(Array.from(sums.dataSync())).toEqual([0, 0, 0]);
      expect(() => runKernel('MetadistillSumPerChannel', { x: zeros([3, 0]) })).toThrow(/with channels/);
    });
  });

  it.each(['direct', 'fast'] as const)(
    'that is zero but for rounding: what %s arithmetic says',
    async (arithmetic) => {
      await selectBackend({ prefer: 'wasm', arithmetic });
      tidy(() => {
        const x = tensor(Float32Array.of(1e-3, 1, -1e-3, 1e-6, 1e-9, -1), [3, 2]);
        const sums = (attributes: object) =>
          runKernel('MetadistillSumPerChannel', { x }, attributes)[0]!.dataSync();
        const added = Array.from(sums({}));
        expect(added.every((sum) => sum !== 0)).toBe(true);
        expect(Array.from(sums({ isZero: true }))).toEqual(arithmetic === 'direct' ? added : [0, 0]);
      });
    },
  );
});
