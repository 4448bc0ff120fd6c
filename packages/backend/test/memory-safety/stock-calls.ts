import type { Draw } from './draw.js';
import { floats, int32, type Operand, type Plan, shapeOf } from './kernel-calls.js';

const bools = (shape: readonly number[]): Operand => ({ shape, dtype: 'bool' });
const holding = (...values: number[]): Operand => ({ shape: [values.length], dtype: 'int32', values });
const images = ({ whole }: Draw): number[] => [whole(1, 2), whole(1, 5), whole(1, 5), whole(1, 4)];

const unary =
  (attributes = {}, operand = floats): Plan =>
  (draw) => ({ inputs: { x: operand(shapeOf(draw)) }, attributes });

const pair =
  (operand = floats): Plan =>
  (draw) => {
    const a = shapeOf(draw);
    return { inputs: { a: operand(a), b: operand(a.slice(draw.whole(0, a.length))) }, attributes: {} };
  };

const named = (names: string, plan: Plan): Record<string, Plan> =>
  Object.fromEntries(names.split(' ').map((name) => [name, plan]));

const list =
  (axisOf: (draw: Draw, rank: number) => Record<string, number>): Plan =>
  (draw) => {
    const shape = shapeOf(draw, draw.whole(1, 4));
    const inputs = Array.from({ length: draw.whole(1, 3) }, () => floats(shape));
    return { inputs, attributes: axisOf(draw, shape.length) };
  };

const cumulated: Plan = (draw) => {
  const x = shapeOf(draw, draw.whole(1, 4));
  const attributes = {
    axis: draw.whole(0, x.length - 1),
    exclusive: draw.chance(0.5),
    reverse: draw.chance(0.5),
  };
  return { inputs: { x: floats(x) }, attributes };
};

const counted =
  (rank: number, more: object): Plan =>
  (draw) => {
    const x = shapeOf(draw, rank);
    const weights = floats(draw.oneOf([x, [0]]));
    return { inputs: { x: int32(x), weights }, attributes: { size: draw.whole(1, 5), ...more } };
  };

const blocks =
  (ofBatches: boolean): Plan =>
  (draw) => {
    const [batch, height, width, channels] = images(draw) as [number, number, number, number];
    const x = ofBatches ? [batch * 4, height, width, channels] : [batch, height * 2, width * 2, channels];
    const edges = [
      [0, 0],
      [0, 0],
    ];
    const attributes = { blockShape: [2, 2], [ofBatches ? 'crops' : 'paddings']: edges };
    return { inputs: { x: floats(x) }, attributes };
  };

const normalisedLocally =
  (names: readonly string[]): Plan =>
  (draw) => {
    const shape = images(draw);
    const inputs = Object.fromEntries(names.map((name) => [name, floats(shape)]));
    return { inputs, attributes: { depthRadius: draw.whole(0, 5), bias: 1, alpha: 0.5, beta: 0.5 } };
  };

const padded =
  (more: object, most: (size: number) => number, leastRank = 0): Plan =>
  (draw) => {
    const x = shapeOf(draw, draw.whole(leastRank, 4));
    const paddings = x.map((size) => [draw.whole(0, most(size)), draw.whole(0, most(size))]);
    return { inputs: { x: floats(x) }, attributes: { paddings, ...more } };
  };

const suppressed =
  (more: object): Plan =>
  ({ whole }) => {
    const count = whole(1, 6);
    return {
      inputs: { boxes: floats([count, 4]), scores: floats([count]) },
      attributes: { maxOutputSize: whole(0, count), iouThreshold: 0.5, scoreThreshold: -3, ...more },
    };
  };

const ofSegments: Plan = (draw) => {
  const data = shapeOf(draw, draw.whole(1, 3));
  const indices = int32([draw.whole(1, 3)]);
  return { inputs: { data: floats(data), indices, segmentIds: indices }, attributes: {} };
};

/** A call of each kernel of TensorFlow.js on wasm that is not ours, but for those of strings, which are plain JavaScript. */
export const stockCalls: Readonly<Record<string, Plan>> = {
  ...named(
    'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor IsFinite IsInf IsNan Log Log1p Neg Reciprocal Relu Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Sqrt Square Tan Tanh OnesLike ZerosLike',
    unary(),
  ),
  LogicalNot: unary({}, bools),
  LeakyRelu: unary({ alpha: 0.1 }),
  Step: unary({ alpha: 0 }),
  ...named(
    'Add Atan2 Equal FloorDiv Greater GreaterEqual Less LessEqual Mod Multiply NotEqual Pow RealDiv SquaredDifference Sub',
    pair(),
  ),
  BitwiseAnd: pair(int32),
  ...named('LogicalAnd LogicalOr LogicalXor', pair(bools)),
  AddN: list(() => ({})),
  Concat: list((draw, rank) => ({ axis: draw.whole(0, rank - 1) })),
  Pack: list((draw, rank) => ({ axis: draw.whole(0, rank) })),
  ArgMax: (draw) => {
    const x = shapeOf(draw, draw.whole(1, 4));
    return { inputs: { x: floats(x) }, attributes: { axis: draw.whole(0, x.length - 1) } };
  },
  ArgMin: (draw) => stockCalls.ArgMax!(draw),
  BatchToSpaceND: blocks(true),
  SpaceToBatchND: blocks(false),
  Bincount: counted(1, {}),
  DenseBincount: (draw) => counted(draw.whole(1, 2), { binaryOutput: draw.chance(0.5) })(draw),
  BroadcastArgs: () => ({ inputs: { s0: holding(2, 3), s1: holding(3) }, attributes: {} }),
  Conv3D: (draw) => {
    const size = (least: number, most: number) => draw.whole(least, most);
    const x = [size(1, 2), size(2, 4), size(2, 4), size(2, 4), size(1, 3)];
    const filter = [size(1, 2), size(1, 2), size(1, 2), x[4]!, size(1, 4)];
    const attributes = { strides: size(1, 2), pad: draw.oneOf(['same', 'valid']), dilations: 1 };
    return { inputs: { x: floats(x), filter: floats(filter) }, attributes };
  },
  Cumprod: cumulated,
  Cumsum: cumulated,
  DepthToSpace: (draw) => {
    const [batch, height, width, channels] = images(draw) as [number, number, number, number];
    const dataFormat = draw.oneOf(['NHWC', 'NCHW']);
    const x =
      dataFormat === 'NHWC' ? [batch, height, width, channels * 4] : [batch, channels * 4, height, width];
    return { inputs: { x: floats(x) }, attributes: { blockSize: 2, dataFormat } };
  },
  Diag: (draw) => ({ inputs: { x: floats(shapeOf(draw, draw.whole(1, 2))) }, attributes: {} }),
  EluGrad: (draw) => {
    const shape = shapeOf(draw);
    return { inputs: { dy: floats(shape), y: floats(shape) }, attributes: {} };
  },
  ExpandDims: (draw) => {
    const shape = shapeOf(draw);
    return { inputs: { input: floats(shape) }, attributes: { dim: draw.whole(0, shape.length) } };
  },
  Fill: (draw) => ({ inputs: {}, attributes: { shape: shapeOf(draw), value: 3, dtype: 'float32' } }),
  FlipLeftRight: (draw) => ({ inputs: { image: floats(images(draw)) }, attributes: {} }),
  RotateWithOffset: (draw) => ({
    inputs: { image: floats(images(draw)) },
    attributes: { radians: 0.5, fillValue: draw.oneOf<unknown>([0, 2, [1, 2, 3]]), center: 0.5 },
  }),
  FusedBatchNorm: (draw) => {
    const x = shapeOf(draw, draw.whole(1, 4));
    const channels = floats(x.slice(-1));
    const more = draw.oneOf<Record<string, Operand>>([{}, { scale: channels, offset: channels }]);
    const inputs = { x: floats(x), mean: channels, variance: channels, ...more };
    return { inputs, attributes: { varianceEpsilon: 5 } };
  },
  LRN: normalisedLocally(['x']),
  LRNGrad: normalisedLocally(['x', 'y', 'dy']),
  LinSpace: ({ whole }) => ({ inputs: {}, attributes: { start: 0, stop: 5, num: whole(1, 7) } }),
  Range: ({ whole }) => ({
    inputs: {},
    attributes: { start: 0, stop: whole(0, 7), step: 1, dtype: 'float32' },
  }),
  MirrorPad: (draw) => {
    const [mode, edge] = draw.oneOf<[string, number]>([
      ['reflect', 1],
      ['symmetric', 0],
    ]);
    return padded({ mode }, (size) => size - edge, 1)(draw);
  },
  PadV2: padded({ constantValue: 7 }, () => 3),
  Multinomial: (draw) => ({
    inputs: { logits: floats(shapeOf(draw, 2)) },
    attributes: { numSamples: draw.whole(1, 5), seed: draw.whole(1, 9), normalized: false },
  }),
  NonMaxSuppressionV3: suppressed({}),
  NonMaxSuppressionV4: (draw) => suppressed({ padToMaxOutputSize: draw.chance(0.5) })(draw),
  NonMaxSuppressionV5: suppressed({ softNmsSigma: 0.5 }),
  Reshape: (draw) => {
    const shape = shapeOf(draw);
    return { inputs: { x: floats(shape) }, attributes: { shape: [...shape].reverse() } };
  },
  Reverse: (draw) => {
    const shape = shapeOf(draw);
    return {
      inputs: { x: floats(shape) },
      attributes: { dims: shape.map((_, axis) => axis).slice(draw.whole(0, shape.length)) },
    };
  },
  SearchSorted: (draw) => {
    const [batch, length, count] = shapeOf(draw, 3) as [number, number, number];
    return {
      inputs: { sortedSequence: floats([batch, length]), values: floats([batch, count]) },
      attributes: { side: draw.oneOf(['left', 'right']) },
    };
  },
  Select: (draw) => {
    const shape = shapeOf(draw, draw.whole(1, 4));
    const condition = bools(draw.oneOf([shape, shape.slice(0, 1)]));
    return { inputs: { condition, t: floats(shape), e: floats(shape) }, attributes: {} };
  },
  Softmax: (draw) => {
    const shape = shapeOf(draw, draw.whole(1, 4));
    return { inputs: { logits: floats(shape) }, attributes: { dim: shape.length - 1 } };
  },
  SparseFillEmptyRows: ({ whole }) => {
    const count = whole(1, 3);
    return {
      inputs: {
        indices: { shape: [count, 2], dtype: 'int32', values: new Array(count * 2).fill(0) },
        values: floats([count]),
        denseShape: holding(whole(1, 4), 3),
        defaultValue: floats([]),
      },
      attributes: {},
    };
  },
  SparseReshape: ({ whole, oneOf }) => {
    const count = whole(0, 3);
    const inputIndices: Operand = { shape: [count, 2], dtype: 'int32', values: new Array(count * 2).fill(0) };
    const newShape = oneOf([holding(6), holding(-1, 3), holding(1, 2, 3)]);
    return { inputs: { inputIndices, inputShape: holding(2, 3), newShape }, attributes: {} };
  },
  SparseSegmentMean: ofSegments,
  SparseSegmentSum: ofSegments,
  StridedSlice: (draw) => {
    const shape = shapeOf(draw, draw.whole(1, 4));
    const masks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
    const attributes = { begin: shape.map(() => 0), end: shape, strides: shape.map(() => draw.whole(1, 3)) };
    return { inputs: { x: floats(shape) }, attributes: { ...attributes, ...masks } };
  },
  TopK: (draw) => {
    const shape = shapeOf(draw, draw.whole(1, 4));
    return { inputs: { x: floats(shape) }, attributes: { k: draw.whole(1, shape.at(-1)!), sorted: true } };
  },
  Transform: (draw) => {
    const image = images(draw);
    return {
      inputs: { image: floats(image), transforms: floats([draw.oneOf([1, image[0]!]), 8]) },
      attributes: {
        interpolation: draw.oneOf(['nearest', 'bilinear']),
        fillMode: draw.oneOf(['constant', 'reflect', 'wrap', 'nearest']),
        fillValue: 3,
        outputShape: draw.oneOf([null, [draw.whole(1, 5), draw.whole(1, 5)]]),
      },
    };
  },
  Unique: (draw) => {
    const shape = shapeOf(draw, draw.whole(1, 3));
    return { inputs: { x: floats(shape) }, attributes: { axis: draw.whole(0, shape.length - 1) } };
  },
};
