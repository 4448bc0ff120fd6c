import type { KernelExports } from '../generated/kernel-exports.js';

/** `relaxed-simd` fuses multiplication and addition; `simd` runs wherever TensorFlow.js' own SIMD module does. */
export type KernelBuild = 'simd' | 'relaxed-simd';

/**
 * Compiles our kernels over a memory: the relaxed build where the engine has it, else the other.
 *
 * @param memory the memory that they compute in.
 * @param build takes this one whatever the engine would choose.
 * @throws Error where the engine has no WebAssembly SIMD, or not the build asked for.
 */
export async function instantiateKernels(
  memory: WebAssembly.Memory,
  build?: KernelBuild,
): Promise<{ readonly kernels: KernelExports; readonly build: KernelBuild }> {
  for (const candidate of build ? [build] : (['relaxed-simd', 'simd'] as const)) {
    const binary = await loadBinary(candidate);
    if (!WebAssembly.validate(binary)) continue;
    const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
    return { kernels: instance.exports as unknown as KernelExports, build: candidate };
  }
  throw new Error(
    `instantiateKernels: this engine has no ${build ?? 'simd'}; expected WebAssembly ${build ?? 'SIMD'}. ` +
      'Use a newer engine, or the backend cpu.',
  );
}

async function loadBinary(build: KernelBuild): Promise<Uint8Array<ArrayBuffer>> {
  const { base64 } =
    build === 'simd' ? await import('../generated/simd.js') : await import('../generated/relaxed-simd.js');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
