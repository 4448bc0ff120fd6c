import { type GradConfig, type Tensor, zeros } from '@tensorflow/tfjs-core';

const comparisons = ['Equal', 'NotEqual', 'Greater', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'];
const reductions = ['Any', 'All', 'LogicalNot'];

/**
 * Comparisons and what is made of them are constant but for steps: their gradients are zero. TensorFlow.js has none, so that
 * nothing trains through `masking` and `thresholdedReLU`.
 */
export const piecewiseConstantGradients: readonly GradConfig[] = [
  ...comparisons.map((kernelName) => zeroGradient(kernelName, ['a', 'b'])),
  ...reductions.map((kernelName) => zeroGradient(kernelName, ['x'])),
];

function zeroGradient(kernelName: string, inputsToSave: string[]): GradConfig {
  return {
    kernelName,
    inputsToSave,
    gradFunc: (_, inputs: Tensor[]) =>
      Object.fromEntries(inputs.map(({ shape }, i) => [inputsToSave[i]!, () => zeros(shape)])),
  };
}
