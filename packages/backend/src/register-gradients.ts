import { type GradConfig, getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';
import { convolutionGradients } from './gradients/convolution.js';
import { fusedConvolutionGradients, handFusedToRegistry } from './gradients/fused-convolution.js';

/** Every operation that we have a gradient for. */
export const gradients: readonly GradConfig[] = [...convolutionGradients, ...fusedConvolutionGradients];

/**
 * Registers our gradients, which hold on every backend, in place of TensorFlow.js' own that are wrong or missing. Calling it
 * again changes nothing, unless TensorFlow.js' own were registered in between.
 */
export function registerGradients(): void {
  for (const gradient of gradients) {
    const { kernelName } = gradient;
    if (getGradient(kernelName) === gradient) continue;
    if (getGradient(kernelName)) unregisterGradient(kernelName);
    registerGradient(gradient);
  }
  handFusedToRegistry();
}
