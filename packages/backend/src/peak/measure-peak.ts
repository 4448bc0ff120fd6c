import { checkOptions } from '@metadistill/options';
import { fastestBuild, instantiateKernels, type KernelBuild } from '../wasm/instantiate-kernels.js';

/** What one core can reach at most in one build of the kernels. */
export interface Peak {
  readonly kernelBuild: KernelBuild;
  /** Float32 multiply-adds in registers, at two operations each: 10⁹ floating-point operations per second. */
  readonly gigaflops: number;
}

export interface MeasurePeakOptions {
  /** A clock in milliseconds, such as `() => performance.now()`. */
  readonly now: () => number;
  /** The build to measure; by default the fastest that the engine has. */
  readonly kernelBuild?: KernelBuild;
}

/**
 * Measures the float32 multiply-add peak of this core in WebAssembly SIMD: what a kernel's speed is compared with.
 *
 * It is the best of several rounds of a few milliseconds of two loops, one in registers and one with operands from
 * memory, since anything else that runs on the core only makes it slower.
 *
 * @throws TypeError for an option that it does not have.
 * @throws Error if the engine has no WebAssembly SIMD, or not the build asked for.
 */
export async function measurePeak(options: MeasurePeakOptions): Promise<Peak> {
  checkOptions<MeasurePeakOptions>('measurePeak', options, { now: 'function', kernelBuild: true });
  const { now, kernelBuild = await fastestBuild() } = options;
  const kernels = await instantiateKernels(new WebAssembly.Memory({ initial: 1 }), kernelBuild);
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
  return { kernelBuild, gigaflops };
}
