import { env, setBackend } from '@tensorflow/tfjs-core';
import { registerKernels } from '../register-kernels.js';
import { checkArithmetic } from './check-arithmetic.js';
import { importOptional } from './import-optional.js';
import type { LoadedBackend } from './loaded-backend.js';

/**
 * Makes TensorFlow.js compute on a GPU through WebGPU: the browser's own, or in Node the package `webgpu`.
 *
 * `@tensorflow/tfjs-backend-webgpu` and, in Node, `webgpu` are optional peers. Values come back from this
 * backend only by `await tensor.data()`; `dataSync` throws in Node.
 *
 * @param folder looked into before the peers: a folder that has them in its `node_modules`. Node only.
 * @throws Error that names what is missing.
 */
export async function loadWebgpu(folder?: string): Promise<LoadedBackend> {
  const native = !globalThis.navigator?.gpu;
  if (native) await installNodeWebgpu(folder);
  await importOptional('@tensorflow/tfjs-backend-webgpu', folder);
  if (!(await setBackend('webgpu'))) {
    throw new Error("no WebGPU adapter was found; install the GPU's Vulkan driver (Mesa's from version 25)");
  }
  // TensorFlow.js' own matrix product in place of its naive gradient by the input of a convolution.
  env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', false);
  registerKernels('webgpu');
  await checkArithmetic();
  return { description: native ? 'the package webgpu' : "the browser's WebGPU", onGpu: true };
}

/** Gives Node the globals that the backend looks for; a browser has them. */
async function installNodeWebgpu(folder: string | undefined): Promise<void> {
  if (!globalThis.process?.versions?.node) throw new Error('this browser has no WebGPU');
  const webgpu = (await importOptional('webgpu', folder)) as {
    create(options: string[]): unknown;
    globals: Record<string, unknown>;
  };
  Object.assign(globalThis, webgpu.globals);
  const navigator = { gpu: webgpu.create([]), userAgent: 'node' };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}
