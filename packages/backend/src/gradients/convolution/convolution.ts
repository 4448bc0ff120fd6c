import {
  conv2d,
  type GradConfig,
  type NamedAttrMap,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../../kernels/convolution/convolution-geometry.js';
import {
  denseKernels,
  depthwiseKernels,
  filterGradient,
  type GradientKernels,
  inputGradient,
} from './convolution-terms.js';

const attributesOf = (attributes: NamedAttrMap) => attributes as unknown as ConvolutionAttributes;

const convolution = (kernelName: string, kernels: GradientKernels): GradConfig => ({
  kernelName,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attributes) => {
    const [x, filter] = saved as [Tensor4D, Tensor4D];
    const given = attributesOf(attributes);
    return {
      x: () => inputGradient(kernels, x.shape, dy as Tensor4D, filter, given),
      filter: () => filterGradient(kernels, x, dy as Tensor4D, filter.shape, given),
    };
  },
});

/** In place of TensorFlow.js' own, which takes every convolution for an undilated one. */
const inputGradientGradient: GradConfig = {
  kernelName: 'Conv2DBackpropInput',
  inputsToSave: ['dy', 'filter'],
  gradFunc: (cotangent: Tensor | Tensor[], saved, attributes) => {
    const [dy, filter] = saved as [Tensor4D, Tensor4D];
    const ddx = cotangent as Tensor4D;
    const given = attributesOf(attributes);
    const { strides, pad, dataFormat, dilations, dimRoundingMode } = given;
    return {
      dy: () => conv2d(ddx, filter, strides, pad, dataFormat, dilations ?? 1, dimRoundingMode),
      filter: () => filterGradient(denseKernels, ddx, dy, filter.shape, given),
    };
  },
};

/**
 * In place of TensorFlow.js' own, which throw for dilations; that of a convolution also loses the rounding mode of the
 * output's size.
 */
export const convolutionGradients: readonly GradConfig[] = [
  convolution('Conv2D', denseKernels),
  convolution('DepthwiseConv2dNative', depthwiseKernels),
  inputGradientGradient,
];
