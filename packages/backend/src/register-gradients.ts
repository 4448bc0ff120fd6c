import { type GradConfig, getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';
import { batchNormGradients } from './gradients/batch-norm.js';
import { batchMatMulGradient } from './gradients/broadcasting/batch-mat-mul.js';
import { elementwiseGradients } from './gradients/broadcasting/elementwise.js';
import { convolutionGradients } from './gradients/convolution/convolution.js';
import { fusedConvolutionGradients, handFusedToRegistry } from './gradients/convolution/fused-convolution.js';
import { einsumGradient } from './gradients/einsum.js';
import { piecewiseConstantGradients } from './gradients/piecewise-constant.js';
import { averagePoolGradients } from './gradients/pooling/average-pool.js';
import { maxPoolGradients } from './gradients/pooling/max-pool.js';
import { cumsumGradient } from './gradients/rearranging/cumsum.js';
import { mirrorPadGradient } from './gradients/rearranging/mirror-pad.js';
import { prodGradient } from './gradients/rearranging/prod.js';
import { tileGradient } from './gradients/rearranging/tile.js';
import { releaseTape } from './gradients/release-tape.js';
import { reluGradient } from './gradients/relu.js';
import { saveByReference } from './gradients/save-tensors.js';

/** Every operation that we have a gradient for. */
const gradients: readonly GradConfig[] = [
  ...averagePoolGradients,
  ...batchNormGradients,
  ...convolutionGradients,
  ...fusedConvolutionGradients,
  einsumGradient,
  ...maxPoolGradients,
  ...piecewiseConstantGradients,
  batchMatMulGradient,
  ...elementwiseGradients,
  cumsumGradient,
  mirrorPadGradient,
  prodGradient,
  tileGradient,
  reluGradient,
];

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
  saveByReference();
  releaseTape();
}
