import { backend_util } from '@tensorflow/tfjs-core';
import { checkSizes, shown, sizeOf } from '../call/checks.js';
import { checkPadding, checkRounding, type Padding, perAxis } from '../call/window-checks.js';
import type { Axis } from './windows/window-segments.js';

type Shape4D = [number, number, number, number];

/** Attributes that convolutions and their gradients share. */
export interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: Padding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  /** Left out: 1. */
  readonly dilations?: number | [number, number] | null;
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

/** Whether a filter `[height, width, inputs, ...]` ends in the outputs, or in the outputs of each input. */
type FilterKind = 'dense' | 'depthwise';

/** The most bytes that a tensor may have: a wasm memory ends there. */
const mostBytes = 2 ** 32;

/**
 * What a convolution's shapes and attributes come to. Positions are those of TensorFlow.js: if `pad` is a number, it
 * takes both sizes of the output from the height and vertical stride of the filter.
 *
 * @throws RangeError if the data format is not NHWC, sizes, strides or dilations are not whole and positive, the padding
 * is none, the channels differ, the kernel is larger than the padded image, or the output would not fit into memory.
 */
export function convolutionGeometry(
  kernel: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
  filterKind: FilterKind = 'dense',
): ConvolutionGeometry {
  const { strides, pad, dataFormat = 'NHWC', dilations, dimRoundingMode } = attributes;
  if (dataFormat !== 'NHWC') {
    throw new RangeError(`${kernel}: dataFormat is ${dataFormat}; expected NHWC. Transpose the input.`);
  }
  checkSizes(kernel, 'the input', inputShape, 4, 1, 0);
  checkSizes(kernel, 'the filter', filterShape, 4, 1);
  if (inputShape[3] !== filterShape[2]) {
    throw new RangeError(
      `${kernel}: the input ${shown(inputShape)} has ${inputShape[3]} channels, the filter ${shown(filterShape)} ` +
        `takes ${filterShape[2]}; expected as many.`,
    );
  }
  checkPadding(kernel, pad, 4);
  checkRounding(kernel, dimRoundingMode);
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    perAxis(kernel, 'strides', strides, 2) as [number, number],
    perAxis(kernel, 'dilations', dilations ?? 1, 2) as [number, number],
    pad,
    dimRoundingMode ?? undefined,
    filterKind === 'depthwise',
  );
  if (!(info.outHeight > 0 && info.outWidth > 0)) {
    throw new RangeError(
      `${kernel}: the filter ${shown(filterShape)} is larger than the padded image of ${shown(inputShape)}; ` +
        'expected one that fits. Use a smaller filter or more padding.',
    );
  }
  if (4 * sizeOf(info.outShape) >= mostBytes) {
    throw new RangeError(
      `${kernel}: the output would be ${shown(info.outShape)}; expected less than ${mostBytes} bytes. Use a smaller batch.`,
    );
  }
  return {
    batch: info.batchSize,
    height: {
      input: info.inHeight,
      kernel: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      padding: info.padInfo.top,
      output: info.outHeight,
    },
    width: {
      input: info.inWidth,
      kernel: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
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

/** Whether windows have gaps. */
export function isDilated({ dilations }: Pick<ConvolutionAttributes, 'dilations'>): boolean {
  return [dilations ?? 1].flat().some((dilation) => dilation !== 1);
}
