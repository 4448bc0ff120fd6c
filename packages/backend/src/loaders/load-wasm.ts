import { backend, env, setBackend } from '@tensorflow/tfjs-core';
import { registerKernels } from '../register-kernels.js';
import { countThreads, whyNotShared } from '../threads/count-threads.js';
import { withSharedHeap } from '../threads/with-shared-heap.js';
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
  /**
   * Threads that compute together on wasm, the caller's among them; by default as many as there are cores, at most 16. A
   * page has to be cross-origin isolated for more than one. Results do not depend on it.
   */
  readonly threads?: number | 'auto';
}

/**
 * Makes TensorFlow.js compute with WebAssembly, with our training kernels in the memory of its own module.
 *
 * TensorFlow.js' own kernels compute in the caller's thread; ours share its memory with threads of ours.
 *
 * @throws Error if the backend does not initialise, or the engine has no SIMD or not the build asked for.
 */
export async function loadWasm({
  wasmPaths,
  kernelBuild,
  arithmetic,
  threads: asked,
}: LoadWasmOptions): Promise<LoadedBackend> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPaths !== undefined) setWasmPaths(wasmPaths);
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const initialise = () => setBackend('wasm');
  // For one thread too: more may be asked for later.
  if (!(await (whyNotShared() === undefined ? withSharedHeap(initialise) : initialise()))) {
    throw new Error('TensorFlow.js could not initialise its wasm backend. In a browser, give wasmPaths');
  }
  const { threads, reason } = countThreads(asked);
  const kernels = await attachRuntime(backend(), { build: kernelBuild, arithmetic, threads });
  registerKernels('wasm');
  await checkArithmetic();
  const { build, arithmetic: adding } = kernels;
  const why = reason ?? kernels.whyOneThread;
  return {
    description: `WebAssembly with ${build} training kernels, ${adding} arithmetic, ${shown(kernels.threads, why)}`,
    onGpu: false,
    threads: kernels.threads,
    kernels: { build, arithmetic: adding },
  };
}

const shown = (threads: number, why: string | undefined): string => {
  if (threads > 1) return `${threads} threads`;
  return why === undefined ? 'one thread' : `one thread (${why})`;
};
