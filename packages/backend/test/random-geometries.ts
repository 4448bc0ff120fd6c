import { backend_util, type Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { randomValues } from './random-values.js';
import { type ConvolutionCase, sumProducts } from './reference-convolution.js';

type Padding = 'valid' | 'same' | number | backend_util.ExplicitPadding;

/** A convolution as TensorFlow.js is asked for it; it may be one that does not exist. */
export interface Geometry {
  readonly xShape: Tensor4D['shape'];
  readonly filterShape: Tensor4D['shape'];
  readonly attributes: {
    readonly strides: [number, number];
    readonly dilations: [number, number];
    readonly pad: Padding;
    readonly dataFormat: 'NHWC';
  };
  readonly seed: number;
}

const upTo = (most: number) => fc.integer({ min: 1, max: most });
const kernelSize = fc.oneof(upTo(7), fc.constantFrom(1, 3));
const stride = fc.oneof(upTo(5), fc.constant(1));
const dilation = fc.oneof(upTo(4), fc.constant(1));
const padding = fc.integer({ min: 0, max: 4 });
const pair = fc.tuple(padding, padding);
const pads: fc.Arbitrary<Padding> = fc.oneof(
  fc.constantFrom<Padding>('valid', 'same', 'same'),
  padding,
  fc.tuple(pair, pair).map(([rows, columns]): Padding => [[0, 0], rows, columns, [0, 0]]),
);

/** Small geometries of every kind; `outputs` are drawn as the filter's last size. */
export const geometries = (outputs: number): fc.Arbitrary<Geometry> =>
  fc
    .record({
      batch: upTo(3),
      height: upTo(8),
      width: upTo(8),
      inputs: upTo(5),
      outputs: upTo(outputs),
      kernel: fc.tuple(kernelSize, kernelSize),
      strides: fc.tuple(stride, stride),
      dilations: fc.tuple(dilation, dilation),
      pad: pads,
      seed: fc.nat(),
    })
    .map(({ batch, height, width, inputs, outputs: last, kernel, seed, ...attributes }) => ({
      xShape: [batch, height, width, inputs],
      filterShape: [...kernel, inputs, last],
      attributes: { ...attributes, dataFormat: 'NHWC' },
      seed,
    }));

/** The sizes of a geometry, or undefined if its filter is larger than the padded image. */
export function caseOf(
  { xShape, filterShape, attributes }: Geometry,
  depthwise: boolean,
): ConvolutionCase | undefined {
  const { strides, dilations, pad } = attributes;
  const info = backend_util.computeConv2DInfo(
    xShape,
    filterShape,
    strides,
    dilations,
    pad,
    undefined,
    depthwise,
  );
  if (info.outHeight <= 0 || info.outWidth <= 0) return undefined;
  return {
    batch: xShape[0],
    height: xShape[1],
    width: xShape[2],
    inputs: xShape[3],
    outputs: info.outChannels,
    depthwise,
    kernelHeight: filterShape[0],
    kernelWidth: filterShape[1],
    stride: strides,
    dilation: dilations,
    top: info.padInfo.top,
    left: info.padInfo.left,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
  };
}

/** Random x, filter and dy of a case, and by the definition y and the gradients by x and filter. */
export function drawConvolution(shape: ConvolutionCase, { xShape, filterShape, seed }: Geometry) {
  const size = (of: readonly number[]) => of.reduce((a, b) => a * b);
  const yShape: Tensor4D['shape'] = [shape.batch, shape.outHeight, shape.outWidth, shape.outputs];
  const x = randomValues(size(xShape), seed);
  const filter = randomValues(size(filterShape), seed + 1);
  const dy = randomValues(size(yShape), seed + 2);
  return {
    yShape,
    x,
    filter,
    dy,
    y: sumProducts(shape, dy.length, x, filter, (i, f, o) => [o, i, f]),
    dFilter: sumProducts(shape, filter.length, x, dy, (i, f, o) => [f, i, o]),
    dx: sumProducts(shape, x.length, dy, filter, (i, f, o) => [i, o, f]),
  };
}
