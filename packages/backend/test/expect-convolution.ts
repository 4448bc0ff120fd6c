import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectRounding } from './expect-rounding.js';
import { drawConvolution, type Geometry } from './random-geometries.js';
import type { ConvolutionCase } from './reference-convolution.js';
import { runKernel } from './run-kernel.js';

/** The kernels of a convolution, or of a depthwise one. */
export const convolutionKernels = (depthwise: boolean) =>
  depthwise
    ? {
        plain: 'DepthwiseConv2dNative',
        withEpilogue: 'FusedDepthwiseConv2D',
        byFilter: 'DepthwiseConv2dNativeBackpropFilter',
        byInput: 'DepthwiseConv2dNativeBackpropInput',
      }
    : {
        plain: 'Conv2D',
        withEpilogue: 'FusedConv2D',
        byFilter: 'Conv2DBackpropFilter',
        byInput: 'Conv2DBackpropInput',
      };

/** Runs the forward kernel and both gradients of one geometry, compares each with the definition, and gives what they were run on. */
export function expectConvolution(geometry: Geometry, shape: ConvolutionCase, depthwise: boolean) {
  const { xShape, filterShape, attributes } = geometry;
  const { plain, byFilter, byInput } = convolutionKernels(depthwise);
  const drawn = drawConvolution(shape, geometry);
  const pixelTaps = filterShape[0] * filterShape[1];
  const taps = depthwise ? pixelTaps : pixelTaps * filterShape[2];
  const x = tensor(drawn.x, xShape);
  const filter = tensor(drawn.filter, filterShape);
  const dy = tensor(drawn.dy, drawn.yShape);
  const [y] = runKernel(plain, { x, filter }, attributes) as [Tensor];
  expect(y.shape).toEqual(drawn.yShape);
  expectRounding(y.dataSync(), drawn.y, taps);
  const [dFilter] = runKernel(byFilter, { x, dy }, { ...attributes, filterShape }) as [Tensor];
  expect(dFilter.shape).toEqual(filterShape);
  expectRounding(dFilter.dataSync(), drawn.dFilter, shape.batch * shape.outHeight * shape.outWidth);
  const [dx] = runKernel(byInput, { dy, filter }, { ...attributes, inputShape: xShape }) as [Tensor];
  expect(dx.shape).toEqual(xShape);
  expectRounding(dx.dataSync(), drawn.dx, pixelTaps * filterShape[3]);
  return { x, filter, drawn, taps };
}
