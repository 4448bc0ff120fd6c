import { expect, it } from 'vitest';
import { measurePeak } from './measure-peak.js';

it('counts 96 and 64 operations a round against the clock that it is given', async () => {
  // Each reading is 1 ms after the last: 500,000 rounds of 96 operations in 1 ms are 48 GFLOP/s.
  let milliseconds = 0;
  const { kernelBuild, gigaflops } = await measurePeak({ now: () => milliseconds++, kernelBuild: 'simd' });
  expect(kernelBuild).toBe('simd');
  expect(gigaflops).toBeCloseTo(48, 10);
});

it('refuses an option that it does not have', async () => {
  const options = { now: () => 0, kernelBild: 'simd' };
  await expect(measurePeak(options)).rejects.toThrow(
    "unknown option 'kernelBild'; did you mean 'kernelBuild'?",
  );
});
