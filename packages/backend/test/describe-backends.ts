import { setFlagsFromString } from 'node:v8';
import { afterAll, beforeAll, describe } from 'vitest';
import { selectBackend } from '../src/select-backend.js';
import type { KernelBuild } from '../src/wasm/instantiate-kernels.js';
import type { KernelArithmetic } from '../src/wasm/wasm-runtime.js';

// Node 20 has relaxed SIMD behind a flag, later ones without.
setFlagsFromString('--experimental-wasm-relaxed-simd');

/** Runs the same tests on the wasm backend with each build of the kernels. */
export function describeEachBuild(
  name: string,
  tests: () => void,
  arithmetic: KernelArithmetic = 'fast',
): void {
  describe.each<KernelBuild>(['simd', 'relaxed-simd'])(`${name} on wasm, %s build`, (kernelBuild) => {
    beforeAll(async () => {
      await selectBackend({ prefer: 'wasm', kernelBuild, arithmetic });
    });
    afterAll(async () => {
      await selectBackend({ prefer: 'cpu' });
    });
    tests();
  });
}

/** Runs tests on the cpu backend. */
export function describeCpu(name: string, tests: () => void): void {
  describe(`${name} on cpu`, () => {
    beforeAll(async () => {
      await selectBackend({ prefer: 'cpu' });
    });
    tests();
  });
}
