import type { KernelExports } from '../generated/kernel-exports.js';
import { shareMemory } from '../threads/share-memory.js';

/** `relaxed-simd` fuses multiplication and addition; `simd` runs wherever TensorFlow.js' own SIMD module does. */
export type KernelBuild = 'simd' | 'relaxed-simd';

/** The build that is fastest on this engine: the relaxed one if the engine has it. */
export async function fastestBuild(): Promise<KernelBuild> {
  return WebAssembly.validate(await loadBinary('relaxed-simd')) ? 'relaxed-simd' : 'simd';
}

/**
 * Compiles a build of our kernels over the memory that they compute in.
 *
 * @throws Error if the engine does not have what the build needs.
 */
export async function instantiateKernels(
  memory: WebAssembly.Memory,
  build: KernelBuild,
): Promise<KernelExports> {
  return (await compileKernels(memory, build)).kernels;
}

/** Our kernels over a memory, and the module that other threads instantiate over it too if it is shared. */
export interface CompiledKernels {
  readonly module: WebAssembly.Module;
  readonly kernels: KernelExports;
}

/** As {@link instantiateKernels}. */
export async function compileKernels(
  memory: WebAssembly.Memory,
  build: KernelBuild,
): Promise<CompiledKernels> {
  const binary = await loadBinary(build);
  if (!WebAssembly.validate(binary)) {
    throw new Error(
      `instantiateKernels: this engine has no WebAssembly ${build}; expected one that does. ` +
        'Use a newer engine, or the backend cpu.',
    );
  }
  const fitting = isShared(memory) ? shareMemory(binary)! : binary;
  const { module, instance } = await WebAssembly.instantiate(fitting, { env: { memory } });
  return { module, kernels: instance.exports as unknown as KernelExports };
}

/** Whether threads can compute in a memory together. */
export const isShared = ({ buffer }: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;

async function loadBinary(build: KernelBuild): Promise<Uint8Array<ArrayBuffer>> {
  const { base64 } =
    build === 'simd' ? await import('../generated/simd.js') : await import('../generated/relaxed-simd.js');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
