import { backend_util, type DataType } from '@tensorflow/tfjs-core';
import type { Draw } from './draw.js';

/** A tensor to make: its shape, and its dtype if that is not float32. */
export interface Operand {
  readonly shape: readonly number[];
  readonly dtype?: DataType;
  /** Those it holds, if not any will do. */
  readonly values?: readonly number[];
}

/** A kernel call, before its tensors are made. */
export interface CallPlan {
  readonly inputs: Readonly<Record<string, Operand>> | readonly Operand[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type Plan = (draw: Draw) => CallPlan;
type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];
type Pair = [number, number];

export const int32 = (shape: readonly number[]): Operand => ({ shape, dtype: 'int32' });
export const floats = (shape: readonly number[]): Operand => ({ shape });
export const shapeOf = ({ whole }: Draw, rank = whole(0, 4)): number[] =>
  Array.from({ length: rank }, () => whole(1, 5));
const pair = ({ whole }: Draw, most: number): Pair => [whole(1, most), whole(1, most)];

function convolution(draw: Draw, depthwise: boolean) {
  const x = [draw.whole(0, 2), draw.whole(3, 7), draw.whole(3, 7), draw.whole(1, 5)] as Shape4D;
  const filter = [draw.whole(1, 3), draw.whole(1, 3), x[3], draw.whole(1, 9)] as Shape4D;
  const strides = pair(draw, 3);
  const pad = draw.oneOf<'same' | 'valid' | number>(['same', 'valid', 1]);
  const attributes = { strides, pad, dataFormat: 'NHWC', dilations: [1, 1], dimRoundingMode: undefined };
  const y = backend_util.computeConv2DInfo(x, filter, strides, 1, pad, undefined, depthwise).outShape;
  const outputs = y[3] as number;
  return { x, filter, y, outputs, attributes };
}

/** Points on the first axes of a shape. */
function pointsIn(draw: Draw) {
  const shape = shapeOf(draw, draw.whole(1, 4));
  return { shape, axes: draw.whole(1, shape.length), points: [draw.whole(0, 5)] };
}

const fused = ({ oneOf }: Draw, outputs: number) => {
  const activation = oneOf(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu']);
  const preluActivationWeights = activation === 'prelu' ? { preluActivationWeights: floats([outputs]) } : {};
  return {
    inputs: { ...oneOf([{}, { bias: floats([outputs]) }]), ...preluActivationWeights },
    attributes: { activation, leakyreluAlpha: 0.1 },
  };
};

const forward =
  (depthwise: boolean, withBias = false): Plan =>
  (draw) => {
    const { x, filter, outputs, attributes } = convolution(draw, depthwise);
    const bias = withBias ? { bias: floats([outputs]) } : {};
    return { inputs: { x: floats(x), filter: floats(filter), ...bias }, attributes };
  };

const fusedForward =
  (depthwise: boolean): Plan =>
  (draw) => {
    const { x, filter, outputs, attributes } = convolution(draw, depthwise);
    const { inputs, attributes: after } = fused(draw, outputs);
    return {
      inputs: { x: floats(x), filter: floats(filter), ...inputs },
      attributes: { ...attributes, ...after },
    };
  };

const byFilter =
  (depthwise: boolean): Plan =>
  (draw) => {
    const { x, filter, y, attributes } = convolution(draw, depthwise);
    return { inputs: { x: floats(x), dy: floats(y) }, attributes: { ...attributes, filterShape: filter } };
  };

const byInput =
  (depthwise: boolean): Plan =>
  (draw) => {
    const { x, filter, y, attributes } = convolution(draw, depthwise);
    return {
      inputs: { dy: floats(y), filter: floats(filter) },
      attributes: { ...attributes, inputShape: x },
    };
  };

function convolution3D(draw: Draw) {
  const x = [
    draw.whole(1, 2),
    ...Array.from({ length: 3 }, () => draw.whole(2, 5)),
    draw.whole(1, 3),
  ] as Shape5D;
  const filter = [...Array.from({ length: 3 }, () => draw.whole(1, 2)), x[4], draw.whole(1, 5)] as Shape5D;
  const strides = Array.from({ length: 3 }, () => draw.whole(1, 2)) as [number, number, number];
  const pad = draw.oneOf<'same' | 'valid'>(['same', 'valid']);
  const y = backend_util.computeConv3DInfo(x, filter, strides, 1, pad).outShape;
  return { x, filter, y, attributes: { strides, pad } };
}

function dilation(draw: Draw) {
  const x = [draw.whole(1, 2), draw.whole(3, 6), draw.whole(3, 6), draw.whole(1, 3)] as Shape4D;
  const filter = [draw.whole(1, 3), draw.whole(1, 3), x[3]] as [number, number, number];
  const strides = pair(draw, 2);
  const y = backend_util.computeDilation2DInfo(x, filter, strides, 'same', 'NHWC', [1, 1]).outShape;
  const inputs = { x: floats(x), filter: floats(filter) };
  return { inputs, y, attributes: { strides, pad: 'same', dilations: [1, 1] } };
}

function pooling(draw: Draw) {
  const x = [draw.whole(0, 2), draw.whole(3, 8), draw.whole(3, 8), draw.whole(1, 9)] as Shape4D;
  const filterSize = draw.oneOf<Pair>([[2, 2], pair(draw, 3)]);
  const strides = draw.oneOf<Pair>([[2, 2], pair(draw, 3)]);
  const pad = draw.oneOf<'same' | 'valid'>(['same', 'valid']);
  const y = backend_util.computePool2DInfo(x, filterSize, strides, 1, pad).outShape;
  return { x, y, attributes: { filterSize, strides, pad, dimRoundingMode: undefined } };
}

function pooling3D(draw: Draw) {
  const x = [1, draw.whole(2, 5), draw.whole(2, 5), draw.whole(2, 5), draw.whole(1, 5)] as Shape5D;
  const size = () => Array.from({ length: 3 }, () => draw.whole(1, 2)) as [number, number, number];
  const [filterSize, strides] = [size(), size()];
  const pad = draw.oneOf<'same' | 'valid'>(['same', 'valid']);
  const y = backend_util.computePool3DInfo(x, filterSize, strides, 1, pad).outShape;
  return { x, y, attributes: { filterSize, strides, pad, dimRoundingMode: undefined } };
}

type Pooled = ReturnType<typeof pooling> | ReturnType<typeof pooling3D>;
const either = (draw: Draw): Pooled => (draw.chance(0.5) ? pooling(draw) : pooling3D(draw));

const poolOf =
  (windows: (draw: Draw) => Pooled, more: object = {}): Plan =>
  (draw) => {
    const { x, attributes } = windows(draw);
    return { inputs: { x: floats(x) }, attributes: { ...attributes, ...more } };
  };

const poolGradientOf =
  (windows: (draw: Draw) => Pooled, withOutput: boolean): Plan =>
  (draw) => {
    const { x, y, attributes } = windows(draw);
    const output = withOutput ? { output: floats(y) } : {};
    return { inputs: { dy: floats(y), input: floats(x), ...output }, attributes };
  };

/** Batch norm: x and others of its shape, the rest by channel. */
const normalised =
  (
    ofImages: boolean,
    whole: readonly string[],
    perChannel: readonly string[],
    pooled: readonly string[] = [],
  ): Plan =>
  (draw) => {
    const shape = ofImages
      ? [...shapeOf(draw, 1), draw.whole(2, 6), draw.whole(2, 6), draw.whole(1, 9)]
      : shapeOf(draw, 3);
    const halves = [shape[0]!, shape[1]! >> 1, (shape[2] ?? 0) >> 1, shape[3]!];
    const entries = [
      ...whole.map((name) => [name, floats(shape)] as const),
      ...perChannel.map((name) => [name, floats([shape.at(-1)!])] as const),
      ...pooled.map((name) => [name, name === 'argmax' ? int32(halves) : floats(halves)] as const),
    ];
    return { inputs: Object.fromEntries(entries), attributes: { epsilon: 1e-3 } };
  };

const lists =
  (count: number, attributesOf: (tensors: number) => Readonly<Record<string, unknown>>): Plan =>
  (draw) => {
    const shapes = Array.from({ length: draw.whole(1, 3) }, () => shapeOf(draw));
    return {
      inputs: Array.from({ length: count }, () => shapes.map(floats)).flat(),
      attributes: attributesOf(shapes.length),
    };
  };

const numbers = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 0.1]));

const product =
  (isFused: boolean): Plan =>
  (draw) => {
    const [rows, inner, columns] = [draw.whole(1, 30), draw.whole(1, 9), draw.whole(1, 20)];
    const batch = draw.oneOf([[], [draw.whole(1, 3)]]);
    const [transposeA, transposeB] = [draw.chance(0.5), draw.chance(0.5)];
    const a = floats([...batch, ...(transposeA ? [inner, rows] : [rows, inner])]);
    const b = floats([...batch, ...(transposeB ? [columns, inner] : [inner, columns])]);
    const { inputs, attributes } = isFused ? fused(draw, columns) : { inputs: {}, attributes: {} };
    return { inputs: { a, b, ...inputs }, attributes: { transposeA, transposeB, ...attributes } };
  };

const matrices: Plan = (draw) => {
  const { inputs, attributes } = product(false)(draw);
  const { a, b } = inputs as Record<'a' | 'b', Operand>;
  return { inputs: { a: floats(a.shape.slice(-2)), b: floats(b.shape.slice(-2)) }, attributes };
};

const unary =
  (attributes: Readonly<Record<string, unknown>> = {}): Plan =>
  (draw) => ({ inputs: { x: floats(shapeOf(draw)) }, attributes });

const reduction =
  (name: 'axis' | 'reductionIndices', dtype: DataType = 'float32'): Plan =>
  (draw) => {
    const shape = shapeOf(draw, draw.whole(1, 4));
    if (draw.chance(0.2)) shape[0] = 0;
    const axes = shape.map((_, axis) => axis).slice(draw.whole(0, shape.length - 1));
    return { inputs: { x: { shape, dtype } }, attributes: { [name]: axes, keepDims: draw.chance(0.5) } };
  };

const resized: Plan = (draw) => {
  const images = shapeOf(draw, 4);
  return {
    inputs: {
      dy: floats([images[0]!, draw.whole(1, 5), draw.whole(1, 5), images[3]!]),
      images: floats(images),
    },
    attributes: { alignCorners: draw.chance(0.5), halfPixelCenters: draw.chance(0.5) },
  };
};

const resizing: Plan = (draw) => ({
  inputs: { images: floats(shapeOf(draw, 4)) },
  attributes: { size: pair(draw, 5), alignCorners: draw.chance(0.5), halfPixelCenters: draw.chance(0.5) },
});

const logits =
  (isDistilled: boolean): Plan =>
  (draw) => {
    const shape = shapeOf(draw, 2);
    const labels = int32([shape[0]!]);
    if (!isDistilled) return { inputs: { logits: floats(shape), labels }, attributes: { temperature: 2 } };
    const inputs = { studentLogits: floats(shape), teacherLogits: floats(shape), labels };
    return { inputs, attributes: { distillationFraction: 0.5, temperature: 2, factor: 4, factorSlope: 4 } };
  };

const spread: Plan = (draw) => {
  const a = shapeOf(draw);
  return { inputs: { a: floats(a), b: floats(a.slice(draw.whole(0, a.length))) }, attributes: {} };
};

/** A call of each kernel of ours on wasm that the kernel computes; the values of its tensors are any. */
export const validCalls: Readonly<Record<string, Plan>> = {
  Prelu: (draw) => {
    const x = shapeOf(draw, 4);
    return { inputs: { x: floats(x), alpha: floats([x[1]!, draw.oneOf([1, x[2]!]), 1]) }, attributes: {} };
  },
  ClipByValue: unary({ clipValueMin: -1, clipValueMax: 1 }),
  Relu6: unary(),
  MetadistillBatchNormTraining: normalised(false, ['x'], ['scale', 'offset']),
  MetadistillBatchNormTrainingGrad: normalised(false, ['x', 'dy'], ['scale', 'mean', 'variance']),
  MetadistillBatchNormTrainingJvp: normalised(
    false,
    ['x', 'dx'],
    ['scale', 'dScale', 'dOffset', 'mean', 'variance'],
  ),
  MetadistillBatchNormEvaluation: normalised(false, ['x'], ['scale', 'offset', 'mean', 'variance']),
  MetadistillBatchNormReluMaxPool: normalised(true, ['x'], ['scale', 'offset']),
  MetadistillBatchNormReluMaxPoolGrad: normalised(
    true,
    ['x'],
    ['scale', 'mean', 'variance'],
    ['dy', 'argmax'],
  ),
  MetadistillBatchNormReluMaxPoolJvp: normalised(
    true,
    ['x', 'dx'],
    ['scale', 'dScale', 'dOffset', 'mean', 'variance'],
    ['argmax'],
  ),
  MetadistillBatchNormReluMaxPoolEvaluation: normalised(true, ['x'], ['scale', 'offset', 'mean', 'variance']),
  MetadistillCentredSums: normalised(false, ['x', 'dy'], ['mean']),
  MetadistillSumPerChannel: normalised(false, ['x'], []),
  MetadistillConv2DWithBias: forward(false, true),
  Conv2D: forward(false),
  FusedConv2D: fusedForward(false),
  Conv2DBackpropFilter: byFilter(false),
  Conv2DBackpropInput: byInput(false),
  DepthwiseConv2dNative: forward(true),
  FusedDepthwiseConv2D: fusedForward(true),
  DepthwiseConv2dNativeBackpropFilter: byFilter(true),
  DepthwiseConv2dNativeBackpropInput: byInput(true),
  Conv3DBackpropInputV2: (draw) => {
    const { x, filter, y, attributes } = convolution3D(draw);
    return {
      inputs: { dy: floats(y), filter: floats(filter) },
      attributes: { ...attributes, inputShape: x },
    };
  },
  Conv3DBackpropFilterV2: (draw) => {
    const { x, filter, y, attributes } = convolution3D(draw);
    return { inputs: { x: floats(x), dy: floats(y) }, attributes: { ...attributes, filterShape: filter } };
  },
  Dilation2D: dilation,
  Dilation2DBackpropInput: (draw) => {
    const { inputs, y, attributes } = dilation(draw);
    return { inputs: { ...inputs, dy: floats(y) }, attributes };
  },
  Dilation2DBackpropFilter: (draw) => {
    const { inputs, y, attributes } = dilation(draw);
    return { inputs: { ...inputs, dy: floats(y) }, attributes };
  },
  MetadistillCombine: lists(2, (count) => ({ xScale: 1, yScales: new Array(count).fill(0.5) })),
  MetadistillScale: lists(1, () => numbers('factor')),
  MetadistillReluGrad: (draw) => {
    const y = floats(shapeOf(draw));
    return { inputs: { dy: y, y }, attributes: {} };
  },
  MetadistillLookUpBytes: (draw) => {
    const shape = shapeOf(draw, 3);
    return { inputs: { bytes: { shape, dtype: 'bool' }, tables: floats([shape[2]!, 256]) }, attributes: {} };
  },
  Maximum: spread,
  Minimum: spread,
  MetadistillAdamStep: lists(4, () =>
    numbers('learningRate', 'beta1', 'beta2', 'epsilon', 'correction1', 'correction2'),
  ),
  MetadistillMomentumStep: lists(3, () => ({ ...numbers('learningRate', 'momentum'), useNesterov: true })),
  MetadistillRmspropStep: lists(4, () => numbers('learningRate', 'decay', 'momentum', 'epsilon')),
  MetadistillSgdStep: lists(2, () => numbers('learningRate')),
  MetadistillMaxPoolWithArgmax: poolOf(either),
  MetadistillMaxPoolScatter: (draw) => {
    const { x, y, attributes } = either(draw);
    return { inputs: { dy: floats(y), argmax: int32(y) }, attributes: { ...attributes, inputShape: x } };
  },
  MetadistillMaxPoolGather: (draw) => {
    const { x, y, attributes } = either(draw);
    return { inputs: { dx: floats(x), argmax: int32(y) }, attributes };
  },
  MetadistillGlobalAveragePool: (draw) => ({ inputs: { x: floats(shapeOf(draw, 4)) }, attributes: {} }),
  MetadistillGlobalAveragePoolGrad: (draw) => {
    const inputShape = shapeOf(draw, 4);
    return { inputs: { dy: floats([inputShape[0]!, inputShape[3]!]) }, attributes: { inputShape } };
  },
  MetadistillAveragePoolGrad: (draw) => {
    const { x, y, attributes } = either(draw);
    return { inputs: { dy: floats(y) }, attributes: { ...attributes, inputShape: x } };
  },
  MaxPool: poolOf(pooling),
  MaxPoolGrad: poolGradientOf(pooling, true),
  MaxPoolWithArgmax: poolOf(pooling, { includeBatchInIndex: true }),
  MaxPool3D: poolOf(pooling3D),
  MaxPool3DGrad: poolGradientOf(pooling3D, true),
  AvgPool: poolOf(pooling),
  AvgPoolGrad: poolGradientOf(pooling, false),
  AvgPool3D: poolOf(pooling3D),
  AvgPool3DGrad: poolGradientOf(pooling3D, false),
  MetadistillMatMul: matrices,
  MetadistillDense: (draw) => {
    const [rows, inner, columns] = [draw.whole(1, 30), draw.whole(1, 9), draw.whole(1, 20)];
    const inputs = { x: floats([rows, inner]), weight: floats([inner, columns]), bias: floats([columns]) };
    return { inputs, attributes: {} };
  },
  MetadistillDot: lists(2, () => ({})),
  MetadistillReject: lists(2, () => ({})),
  Einsum: (draw) => {
    const [i, j, k] = shapeOf(draw, 3) as [number, number, number];
    return { inputs: { 0: floats([i, j]), 1: floats([j, k]) }, attributes: { equation: 'ij,jk->ik' } };
  },
  BatchMatMul: product(false),
  _FusedMatMul: product(true),
  Identity: unary(),
  Cast: unary({ dtype: 'float32' }),
  Tile: (draw) => {
    const shape = shapeOf(draw);
    return { inputs: { x: floats(shape) }, attributes: { reps: shape.map(() => draw.whole(0, 3)) } };
  },
  GatherV2: (draw) => {
    const shape = shapeOf(draw, 3);
    const batchDims = draw.whole(0, 1);
    const indices = int32([shape[0]!, draw.whole(0, 3)]);
    return {
      inputs: { x: floats(shape), indices },
      attributes: { axis: draw.whole(batchDims, 2), batchDims },
    };
  },
  Transpose: (draw) => {
    const shape = draw.chance(0.3) ? [...shapeOf(draw).slice(1), 0] : shapeOf(draw);
    const perm = shape.map((_, axis) => (axis + 1) % shape.length);
    return { inputs: { x: floats(shape) }, attributes: { perm } };
  },
  Slice: (draw) => {
    const shape = shapeOf(draw);
    const begin = shape.map((length) => draw.whole(0, length - 1));
    const size = shape.map((length, axis) => draw.whole(0, length - begin[axis]!));
    return { inputs: { x: floats(shape) }, attributes: { begin, size } };
  },
  SplitV: (draw) => {
    const shape = shapeOf(draw, 3);
    const axis = draw.whole(0, 2);
    return { inputs: { x: floats(shape) }, attributes: { numOrSizeSplits: [1, shape[axis]! - 1], axis } };
  },
  Unpack: (draw) => {
    const shape = shapeOf(draw, 3);
    const axis = draw.whole(0, 2);
    return { inputs: { value: floats(shape) }, attributes: { num: shape[axis], axis } };
  },
  OneHot: (draw) => ({
    inputs: { indices: int32(shapeOf(draw)) },
    attributes: { depth: draw.whole(0, 5), onValue: 1, offValue: 0, dtype: 'float32' },
  }),
  UnsortedSegmentSum: (draw) => {
    const shape = shapeOf(draw, draw.whole(1, 3));
    return {
      inputs: { x: floats(shape), segmentIds: int32([shape[0]!]) },
      attributes: { numSegments: draw.whole(0, 5) },
    };
  },
  ScatterNd: (draw) => {
    const { shape, axes, points } = pointsIn(draw);
    const updates = floats([...points, ...shape.slice(axes)]);
    return { inputs: { indices: int32([...points, axes]), updates }, attributes: { shape } };
  },
  TensorScatterUpdate: (draw) => {
    const { shape, axes, points } = pointsIn(draw);
    const updates = floats([...points, ...shape.slice(axes)]);
    return { inputs: { tensor: floats(shape), indices: int32([...points, axes]), updates }, attributes: {} };
  },
  SparseToDense: (draw) => {
    const { shape, points } = pointsIn(draw);
    const sparseValues = floats(draw.oneOf([[], points]));
    return {
      inputs: { sparseIndices: int32([...points, shape.length]), sparseValues, defaultValue: floats([]) },
      attributes: { outputShape: shape },
    };
  },
  GatherNd: (draw) => {
    const { shape, axes, points } = pointsIn(draw);
    return { inputs: { params: floats(shape), indices: int32([...points, axes]) }, attributes: {} };
  },
  Sum: reduction('axis'),
  Mean: reduction('axis'),
  Prod: reduction('axis'),
  Max: reduction('reductionIndices'),
  Min: reduction('axis'),
  Any: reduction('axis', 'bool'),
  All: reduction('axis', 'bool'),
  ResizeNearestNeighbor: resizing,
  ResizeBilinear: resizing,
  CropAndResize: (draw) => {
    const count = draw.whole(0, 3);
    return {
      inputs: { image: floats(shapeOf(draw, 4)), boxes: floats([count, 4]), boxInd: int32([count]) },
      attributes: {
        cropSize: pair(draw, 5),
        method: draw.oneOf(['bilinear', 'nearest']),
        extrapolationValue: 0,
      },
    };
  },
  ResizeNearestNeighborGrad: resized,
  ResizeBilinearGrad: resized,
  MetadistillCrossEntropyGradient: logits(false),
  MetadistillDistillationGradient: logits(true),
  MetadistillDistillationDerivatives: logits(true),
};
