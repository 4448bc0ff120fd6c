import { backend, env, setBackend } from '@tensorflow/tfjs-core';
import { registerWasmKernels } from '../register-kernels.js';
import { attachRuntime } from '../wasm/wasm-runtime.js';
import { checkArithmetic } from './check-arithmetic.js';

/** Where the binaries of `@tensorflow/tfjs-backend-wasm` are: a URL prefix, or a URL for each file name. */
export type WasmPaths = string | Record<string, string>;

/**
 * Makes TensorFlow.js compute with WebAssembly, with our training kernels in the memory of its own module.
 *
 * Both compute in one thread: a module with threads has a shared memory, which our kernels cannot join.
 *
 * @param wasmPaths where a browser fetches the binaries of `@tensorflow/tfjs-backend-wasm`; Node finds its own.
 * @returns what was loaded, in words.
 * @throws Error where the backend does not initialise, or the engine has no SIMD.
 */
export async function loadWasm(wasmPaths?: WasmPaths): Promise<string> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPaths !== undefined) setWasmPaths(wasmPaths);
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await setBackend('wasm'))) {
    throw new Error('TensorFlow.js could not initialise its wasm backend. In a browser, give wasmPaths');
  }
  const { build } = await attachRuntime(backend());
  registerWasmKernels();
  await checkArithmetic();
  return `WebAssembly with ${build} training kernels`;
}
