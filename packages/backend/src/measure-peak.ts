import { instantiateKernels, type KernelBuild } from './wasm/instantiate-kernels.js';

/** What one core can reach at most in one build of the kernels. */
export interface Peak {
  readonly build: KernelBuild;
  /** Float32 multiply-adds in registers, at two operations each: 10⁹ floating-point operations a second. */
  readonly gigaflops: number;
}

/**
 * Measures the float32 multiply-add peak of this core in WebAssembly SIMD: what a kernel's speed is compared with.
 *
 * The best of several rounds of about 5 ms, since anything else that runs on the core only makes it slower.
 *
 * @param now a clock in milliseconds, such as `() => performance.now()`.
 * @param build takes this build whatever the engine would choose.
 * @throws Error where the engine has no WebAssembly SIMD, or not the build asked for.
 */
export async function measurePeak(now: () => number, build?: KernelBuild): Promise<Peak> {
  const memory = new WebAssembly.Memory({ initial: 0 });
  const { kernels, build: taken } = await instantiateKernels(memory, build);
  const rounds = 2_000_000;
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 20; attempt++) {
    const from = now();
    kernels.multiplyAddChains(rounds);
    best = Math.min(best, now() - from);
  }
  return { build: taken, gigaflops: (rounds * 96) / best / 1e6 };
}
