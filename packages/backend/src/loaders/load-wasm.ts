import { backend, env, setBackend } from '@tensorflow/tfjs-core';
import { registerKernels } from '../register-kernels.js';
import type { KernelBuild } from '../wasm/instantiate-kernels.js';
import { attachRuntime, type KernelArithmetic } from '../wasm/wasm-runtime.js';
import { checkArithmetic } from './check-arithmetic.js';
import type { LoadedBackend } from './loaded-backend.js';

/** Where the binaries of `@tensorflow/tfjs-backend-wasm` are: a URL prefix, or a URL for each file name. */
export type WasmPaths = string | Record<string, string>;

export interface LoadWasmOptions {
  /** Where a browser fetches the binaries of `@tensorflow/tfjs-backend-wasm`; Node finds its own. */
  readonly wasmPaths?: WasmPaths;
  /**
   * The build of our wasm kernels; by default the fastest that the engine has. The results of `simd` do not depend on
   * whether the processor fuses multiplication and addition.
   */
  readonly kernelBuild?: KernelBuild;
  /**
   * How our wasm kernels add; by default `fast`. The results of `direct` are those of earlier and later releases, bit for
   * bit; those of `fast` differ from them by rounding.
   */
  readonly arithmetic?: KernelArithmetic;
}

/**
 * Makes TensorFlow.js compute with WebAssembly, with our training kernels in the memory of its own module.
 *
 * Both compute in one thread: a module with threads has a shared memory, which our kernels cannot join.
 *
 * @throws Error if the backend does not initialise, or the engine has no SIMD or not the build asked for.
 */
export async function loadWasm({
  wasmPaths,
  kernelBuild,
  arithmetic,
}: LoadWasmOptions): Promise<LoadedBackend> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPaths !== undefined) setWasmPaths(wasmPaths);
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await setBackend('wasm'))) {
    throw new Error('TensorFlow.js could not initialise its wasm backend. In a browser, give wasmPaths');
  }
  const kernels = await attachRuntime(backend(), { build: kernelBuild, arithmetic });
  registerKernels('wasm');
  await checkArithmetic();
  const { build, arithmetic: adding } = kernels;
  return {
    description: `WebAssembly with ${build} training kernels, ${adding} arithmetic`,
    onGpu: false,
    kernels: { build, arithmetic: adding },
  };
}
