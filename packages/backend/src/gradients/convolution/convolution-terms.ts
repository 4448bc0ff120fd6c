import { engine, type NamedAttrMap, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { type ConvolutionAttributes, isDilated } from '../../kernels/convolution/convolution-geometry.js';
import { isOurs } from '../../register-kernels.js';
import { gatherTaps, spreadFilter } from './spread-filter.js';

/** The two gradient kernels of a kind of convolution. */
export interface GradientKernels {
  readonly byInput: string;
  readonly byFilter: string;
}

export const denseKernels: GradientKernels = {
  byInput: 'Conv2DBackpropInput',
  byFilter: 'Conv2DBackpropFilter',
};

export const depthwiseKernels: GradientKernels = {
  byInput: 'DepthwiseConv2dNativeBackpropInput',
  byFilter: 'DepthwiseConv2dNativeBackpropFilter',
};

/** The cotangent of a convolution's input, dilated or not, on any backend. */
export function inputGradient(
  { byInput }: GradientKernels,
  inputShape: readonly number[],
  dy: Tensor4D,
  filter: Tensor4D,
  attributes: ConvolutionAttributes,
): Tensor4D {
  if (takes(byInput, attributes)) return run(byInput, { dy, filter }, attributes, { inputShape });
  return tidy(() => {
    const spread = spreadFilter(filter, dilationsOf(attributes));
    return run(byInput, { dy, filter: spread }, { ...attributes, dilations: [1, 1] }, { inputShape });
  });
}

/** The cotangent of a convolution's filter, dilated or not, on any backend. */
export function filterGradient(
  { byFilter }: GradientKernels,
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
): Tensor4D {
  if (takes(byFilter, attributes)) return run(byFilter, { x, dy }, attributes, { filterShape });
  const dilations = dilationsOf(attributes);
  const [height, width, ...channels] = filterShape as [number, number, number, number];
  const spreadShape = [(height - 1) * dilations[0] + 1, (width - 1) * dilations[1] + 1, ...channels];
  return tidy(() => {
    const undilated = { ...attributes, dilations: [1, 1] as [number, number] };
    return gatherTaps(
      run(byFilter, { x, dy }, undilated, { filterShape: spreadShape }),
      filterShape,
      dilations,
    );
  });
}

/** Only our own kernels on wasm have dilations; those of TensorFlow.js ignore them without a word. */
const takes = (kernel: string, attributes: ConvolutionAttributes): boolean =>
  !isDilated(attributes) || (engine().backendName === 'wasm' && isOurs(kernel, 'wasm'));

function dilationsOf({ dilations }: ConvolutionAttributes): [number, number] {
  const given = dilations ?? 1;
  return typeof given === 'number' ? [given, given] : given;
}

function run(
  kernel: string,
  inputs: Record<string, Tensor4D>,
  { strides, pad, dataFormat = 'NHWC', dimRoundingMode, dilations }: ConvolutionAttributes,
  shape: object,
): Tensor4D {
  const attributes = { strides, pad, dataFormat, dimRoundingMode, dilations: dilations ?? [1, 1], ...shape };
  return engine().runKernel(kernel, inputs, attributes as unknown as NamedAttrMap) as Tensor4D;
}
