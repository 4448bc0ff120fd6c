import { backend_util } from '@tensorflow/tfjs-core';
import { shown, sizeOf } from '../call/checks.js';
import type { Axis } from './window-segments.js';

type Shape4D = [number, number, number, number];

/** Attributes that convolutions and their gradients share. */
export interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
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
  checkSizes(kernel, 'the input', inputShape, 0);
  checkSizes(kernel, 'the filter', filterShape, 1);
  if (inputShape[3] !== filterShape[2]) {
    throw new RangeError(
      `${kernel}: the input ${shown(inputShape)} has ${inputShape[3]} channels, the filter ${shown(filterShape)} ` +
        `takes ${filterShape[2]}; expected as many.`,
    );
  }
  checkPadding(kernel, pad);
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    pairOf(kernel, 'strides', strides),
    pairOf(kernel, 'dilations', dilations ?? 1),
    pad,
    dimRoundingMode,
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

/** The first size may be 0: a batch of nothing. */
function checkSizes(kernel: string, name: string, shape: readonly number[], least: number): void {
  const fits = (size: number, axis: number) => Number.isSafeInteger(size) && size >= (axis === 0 ? least : 1);
  if (shape.length === 4 && shape.every(fits)) return;
  throw new RangeError(`${kernel}: ${name} is ${shown(shape)}; expected four whole sizes above 0.`);
}

function checkPadding(kernel: string, pad: ConvolutionAttributes['pad']): void {
  const fits = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;
  const explicit = Array.isArray(pad) && pad.length === 4 && pad.every((pair) => pair.length === 2);
  if (pad === 'valid' || pad === 'same' || fits(pad) || (explicit && pad.flat().every(fits))) return;
  throw new RangeError(
    `${kernel}: pad is ${JSON.stringify(pad)}; expected 'valid', 'same', a whole number from 0, or four pairs of them.`,
  );
}

/** Strides or dilations by axis. */
function pairOf(kernel: string, name: string, given: number | readonly number[]): [number, number] {
  const pair = typeof given === 'number' ? [given, given] : given;
  if (pair.length === 2 && pair.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    return pair as [number, number];
  }
  throw new RangeError(
    `${kernel}: ${name} are ${JSON.stringify(given)}; expected one or two whole numbers from 1.`,
  );
}
