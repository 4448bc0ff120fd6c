import { env, getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { addInGroups } from './add-in-groups.js';
import { type FilterGradientAttributes, filterGradient } from './filter-gradient.js';

type KernelFunction = KernelConfig['kernelFunc'];

const replaced = new WeakSet<KernelFunction>();

/**
 * Puts ours in place of WebGPU's kernels that are naive or fail: gradients of convolutions, by the filter ours and by the
 * input its own matrix product, and sums of many terms. Channels-first convolutions stay with TensorFlow.js. Calling it
 * again changes nothing.
 */
export function registerWebgpuKernels(): void {
  env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', false);
  replaceKernel('Conv2DBackpropFilter', withFilterGradient);
  replaceKernel('AddN', addInGroups);
}

function replaceKernel(kernelName: string, make: (stock: KernelFunction) => KernelFunction): void {
  const stock = getKernel(kernelName, 'webgpu') as KernelConfig;
  if (replaced.has(stock.kernelFunc)) return;
  const kernelFunc = make(stock.kernelFunc);
  unregisterKernel(kernelName, 'webgpu');
  registerKernel({ ...stock, kernelFunc });
  replaced.add(kernelFunc);
}

const withFilterGradient =
  (stock: KernelFunction): KernelFunction =>
  (call) => {
    const { dataFormat } = call.attrs as unknown as FilterGradientAttributes;
    return dataFormat === 'NCHW' ? stock(call) : filterGradient(call as never);
  };
