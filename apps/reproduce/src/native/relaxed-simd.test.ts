import { measurePeak } from '@metadistill/backend';
import { expect, test } from 'vitest';
import { enableRelaxedSimd } from './relaxed-simd.js';

test('after it the kernels come with fused multiply-add, whatever the version of Node', async () => {
  enableRelaxedSimd();
  let milliseconds = 0;
  expect((await measurePeak({ now: () => milliseconds++ })).kernelBuild).toBe('relaxed-simd');
});
