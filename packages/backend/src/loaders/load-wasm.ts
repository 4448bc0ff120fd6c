import { setBackend } from '@tensorflow/tfjs-core';
import { checkArithmetic } from './check-arithmetic.js';

/** Where the binaries of `@tensorflow/tfjs-backend-wasm` are: a URL prefix, or a URL for each file name. */
export type WasmPaths = string | Record<string, string>;

/**
 * Makes TensorFlow.js compute with WebAssembly.
 *
 * @param wasmPaths where a browser fetches the binaries of `@tensorflow/tfjs-backend-wasm`; Node finds its own.
 * @returns what was loaded, in words.
 * @throws Error where the backend does not initialise.
 */
export async function loadWasm(wasmPaths?: WasmPaths): Promise<string> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPaths !== undefined) setWasmPaths(wasmPaths);
  if (!(await setBackend('wasm'))) {
    throw new Error('TensorFlow.js could not initialise its wasm backend. In a browser, give wasmPaths');
  }
  await checkArithmetic();
  return 'WebAssembly';
}
