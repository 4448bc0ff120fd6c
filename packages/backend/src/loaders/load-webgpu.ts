import { setBackend } from '@tensorflow/tfjs-core';
import { registerWebgpuKernels } from '../webgpu/register-webgpu-kernels.js';
import { checkArithmetic } from './check-arithmetic.js';
import { importOptional } from './import-optional.js';

/**
 * Makes TensorFlow.js compute on a GPU through WebGPU: the browser's own, or in Node the package `webgpu`.
 *
 * `@tensorflow/tfjs-backend-webgpu` and, in Node, `webgpu` are optional peers. Values come back from this
 * backend by `await tensor.data()` alone; `dataSync` throws in Node.
 *
 * @param folder looked into before the peers: a folder that has them in its `node_modules`. Node only.
 * @returns what was loaded, in words.
 * @throws Error that names what is missing.
 */
export async function loadWebgpu(folder?: string): Promise<string> {
  const native = !globalThis.navigator?.gpu;
  if (native) await installNodeWebgpu(folder);
  await importOptional('@tensorflow/tfjs-backend-webgpu', folder);
  if (!(await setBackend('webgpu'))) {
    throw new Error("no WebGPU adapter was found; install the GPU's Vulkan driver (of Mesa's, 25 or newer)");
  }
  registerWebgpuKernels();
  await checkArithmetic();
  return native ? 'the package webgpu' : "the browser's WebGPU";
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
