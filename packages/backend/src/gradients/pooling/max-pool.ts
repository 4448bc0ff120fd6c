import { engine, type GradConfig, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';

/** The gradients of `MaxPool` and `MaxPool3D`. TensorFlow.js' own lose the rounding mode of the output's size. */
export const maxPoolGradients: readonly GradConfig[] = ['MaxPool', 'MaxPool3D'].map((kernelName) => ({
  kernelName,
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy: Tensor | Tensor[], [input, output]: Tensor[], attributes: NamedAttrMap) => ({
    x: () =>
      engine().runKernel(
        `${kernelName}Grad`,
        { dy: dy as Tensor, input: input!, output: output! },
        attributes,
      ) as Tensor,
  }),
}));
