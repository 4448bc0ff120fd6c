import { setFlagsFromString } from 'node:v8';
import { backend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { selectBackend } from '../src/select-backend.js';
import type { KernelBuild } from '../src/wasm/instantiate-kernels.js';
import { attachRuntime } from '../src/wasm/wasm-runtime.js';

// Node 20 has relaxed SIMD behind a flag, later ones without.
setFlagsFromString('--experimental-wasm-relaxed-simd');

/** Runs the same tests on the wasm backend with each build of the kernels. */
export function describeEachBuild(name: string, tests: () => void): void {
  describe.each<KernelBuild>(['simd', 'relaxed-simd'])(`${name}, %s build`, (build) => {
    beforeAll(async () => {
      await selectBackend({ prefer: 'wasm' });
      await attachRuntime(backend(), build);
    });
    afterAll(async () => {
      await selectBackend({ prefer: 'cpu' });
    });
    tests();
  });
}
