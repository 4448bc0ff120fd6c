import { instantiateKernels, type KernelBuild } from '../wasm/instantiate-kernels.js';

/** What one core can reach at most in one build of the kernels. */
export interface Peak {
  readonly build: KernelBuild;
  /** Float32 multiply-adds in registers, at two operations each: 10⁹ floating-point operations a second. */
  readonly gigaflops: number;
}

/**
 * Measures the float32 multiply-add peak of this core in WebAssembly SIMD: what a kernel's speed is compared with.
 *
 * The best of several rounds of a few ms of two loops, one in registers and one with operands from memory, since
 * anything else that runs on the core only makes it slower.
 *
 * @param now a clock in milliseconds, such as `() => performance.now()`.
 * @param build takes this build whatever the engine would choose.
 * @throws Error where the engine has no WebAssembly SIMD, or not the build asked for.
 */
export async function measurePeak(now: () => number, build?: KernelBuild): Promise<Peak> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { kernels, build: taken } = await instantiateKernels(memory, build);
  const rounds = 500_000;
  const timed = (operations: number, loop: () => number): number => {
    const from = now();
    loop();
    return operations / (now() - from) / 1e6;
  };
  let gigaflops = 0;
  for (let attempt = 0; attempt < 40; attempt++) {
    const inRegisters = timed(96 * rounds, () => kernels.multiplyAddChains(rounds));
    const fromMemory = timed(64 * rounds, () => kernels.multiplyAddLoads(0, rounds));
    gigaflops = Math.max(gigaflops, inRegisters, fromMemory);
  }
  return { build: taken, gigaflops };
}
