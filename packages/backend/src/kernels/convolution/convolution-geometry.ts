import { backend_util } from '@tensorflow/tfjs-core';
import { shown } from '../call/checks.js';
import type { Axis } from './window-segments.js';

type Shape4D = [number, number, number, number];

/** Attributes that `Conv2D` and its two gradients share. */
export interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** A convolution `[batch, height, width, inputs]` -> `[batch, height, width, outputs]`. */
export interface ConvolutionGeometry {
  readonly batch: number;
  readonly height: Axis;
  readonly width: Axis;
  readonly inputs: number;
  readonly outputs: number;
  readonly outputShape: Shape4D;
}

/**
 * What a convolution's shapes and attributes come to.
 *
 * @throws RangeError if the data format is not NHWC, the channels differ, or the kernel is larger than the
 * padded image.
 */
export function convolutionGeometry(
  kernel: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
): ConvolutionGeometry {
  const { strides, pad, dataFormat = 'NHWC', dimRoundingMode } = attributes;
  if (dataFormat !== 'NHWC') {
    throw new RangeError(`${kernel}: dataFormat is ${dataFormat}; expected NHWC. Transpose the input.`);
  }
  if (inputShape[3] !== filterShape[2]) {
    throw new RangeError(
      `${kernel}: the input ${shown(inputShape)} has ${inputShape[3]} channels, the filter ${shown(filterShape)} ` +
        `takes ${filterShape[2]}; expected as many.`,
    );
  }
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  if (!(info.outHeight > 0 && info.outWidth > 0)) {
    throw new RangeError(
      `${kernel}: the filter ${shown(filterShape)} is larger than the padded image of ${shown(inputShape)}; ` +
        'expected one that fits. Use a smaller filter or more padding.',
    );
  }
  return {
    batch: info.batchSize,
    height: {
      input: info.inHeight,
      kernel: info.filterHeight,
      stride: info.strideHeight,
      padding: info.padInfo.top,
      output: info.outHeight,
    },
    width: {
      input: info.inWidth,
      kernel: info.filterWidth,
      stride: info.strideWidth,
      padding: info.padInfo.left,
      output: info.outWidth,
    },
    inputs: info.inChannels,
    outputs: info.outChannels,
    outputShape: info.outShape as Shape4D,
  };
}

/** Whether the data format is the one that our kernels have. */
export const isChannelsLast = ({ dataFormat = 'NHWC' }: Pick<ConvolutionAttributes, 'dataFormat'>): boolean =>
  dataFormat === 'NHWC';

/** Whether windows have gaps: those are left to TensorFlow.js' own kernel. */
export function isDilated({ dilations = 1 }: ConvolutionAttributes): boolean {
  return typeof dilations === 'number' ? dilations !== 1 : dilations.some((dilation) => dilation !== 1);
}
