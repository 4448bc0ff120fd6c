import { dispose, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const tests = () => {
  it('adds up the rows of each segment, and leaves out ids that name none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -2, max: 8 }), { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
        fc.integer({ min: 1, max: 7 }),
        (ids, inner, numSegments) => {
          const row = inner.reduce((size, length) => size * length, 1);
          const x = randomValues(ids.length * row, 3);
          const values = new Float64Array(numSegments * row);
          const magnitudes = new Float64Array(numSegments * row);
          for (const [i, value] of x.entries()) {
            const id = ids[Math.floor(i / row)]!;
            if (id < 0 || id >= numSegments) continue;
            values[id * row + (i % row)]! += value;
            magnitudes[id * row + (i % row)]! += Math.abs(value);
          }
          tidy(() => {
            const inputs = {
              x: tensor(x, [ids.length, ...inner]),
              segmentIds: tensor(ids, [ids.length], 'int32'),
            };
            const [y] = runKernel('UnsortedSegmentSum', inputs, { numSegments }) as [Tensor];
            expect(y.shape).toEqual([numSegments, ...inner]);
            expectRounding(y.dataSync(), { values, magnitudes }, ids.length);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses ids that are not one per row', () => {
    const [x, segmentIds] = [zeros([3, 2]), tensor([0, 1], [2], 'int32')];
    expect(() => runKernel('UnsortedSegmentSum', { x, segmentIds }, { numSegments: 2 })).toThrow(
      /segmentIds has shape \[2\]; expected \[3\]/,
    );
    dispose([x, segmentIds]);
  });
};

describeEachBuild('unsorted segment sum', tests);
describeCpu('unsorted segment sum', tests);
