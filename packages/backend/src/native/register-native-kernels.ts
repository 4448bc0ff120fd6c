import { getKernel, type KernelConfig, registerKernel } from '@tensorflow/tfjs-core';
import { fusedBatchNorm, fusedBatchNormGradient } from './fused-batch-norm.js';

const kernels = {
  MetadistillBatchNormTraining: fusedBatchNorm,
  MetadistillBatchNormTrainingGrad: fusedBatchNormGradient,
};

/** Registers our kernels for native TensorFlow, the backend `tensorflow`. Calling it again changes nothing. */
export function registerNativeKernels(): void {
  if (getKernel('MetadistillBatchNormTraining', 'tensorflow')) return;
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: kernelFunc as unknown as KernelConfig['kernelFunc'],
    });
  }
}
