import { env, getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { type FilterGradientAttributes, filterGradient } from './filter-gradient.js';

const registered = new WeakSet<KernelConfig['kernelFunc']>();

/**
 * Puts fast gradients of convolutions in place of WebGPU's naive ones: ours by the filter, its own matrix product by
 * the input. Channels-first convolutions stay with TensorFlow.js. Calling it again changes nothing.
 */
export function registerWebgpuKernels(): void {
  env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', false);
  const kernelName = 'Conv2DBackpropFilter';
  const stock = getKernel(kernelName, 'webgpu') as KernelConfig;
  if (registered.has(stock.kernelFunc)) return;
  const kernelFunc = ((call: Parameters<typeof filterGradient>[0]) =>
    isChannelsFirst(call.attrs)
      ? stock.kernelFunc(call as never)
      : filterGradient(call)) as unknown as KernelConfig['kernelFunc'];
  unregisterKernel(kernelName, 'webgpu');
  registerKernel({ ...stock, kernelFunc });
  registered.add(kernelFunc);
}

const isChannelsFirst = ({ dataFormat }: FilterGradientAttributes): boolean => dataFormat === 'NCHW';
