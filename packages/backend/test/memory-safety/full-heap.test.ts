import { dispose, expandDims, fill, memory, slice, type Tensor, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../describe-backends.js';
import { runKernel } from '../run-kernel.js';

// METADISTILL_RUNS=100 npx vitest run packages/backend/test/memory-safety/full-heap.test.ts fills it more often.
const rounds = Number(process.env.METADISTILL_RUNS ?? 1);

/** Values of each tensor that fills the heap: 256 MiB, then less where that no longer fits. */
const sizes = [2 ** 26, 2 ** 22, 2 ** 18];

describeEachBuild('a full heap', () => {
  it('refuses what does not fit, each time, keeps what is there, and computes as before once there is room', () => {
    const kept = tensor2d(
      Array.from({ length: 64 }, (_, i) => i),
      [8, 8],
    );
    const square = () =>
      tidy(() =>
        (
          runKernel(
            'BatchMatMul',
            { a: expandDims(kept), b: expandDims(kept) },
            { transposeA: false, transposeB: false },
          ) as [Tensor]
        )[0]
          .dataSync()
          .slice(),
      );
    const expected = square();
    for (let round = 0; round < rounds; round++) {
      const before = memory().numTensors;
      const fillers: Tensor[] = [];
      for (const size of sizes) {
        for (;;) {
          try {
            fillers.push(fill([size], 1));
          } catch (error) {
            expect((error as Error).message).toMatch(/wasm heap: an allocation of \d+ bytes does not fit/);
            break;
          }
        }
      }
      expect(fillers.length).toBeGreaterThan(8);
      // A kernel of ours and one of stock, which ask for less than is free, or for more.
      for (const name of ['Square', 'Tile']) {
        expect(() => tidy(() => runKernel(name, { x: fillers[0]! }, { reps: [1] }))).toThrow(/does not fit/);
      }
      expect(
        fillers.every((filler) => tidy(() => slice(filler, [filler.size - 1]).dataSync()[0] === 1)),
      ).toBe(true);
      dispose(fillers);
      expect(memory().numTensors).toBe(before);
      expect(square()).toEqual(expected);
    }
    kept.dispose();
  });
});
