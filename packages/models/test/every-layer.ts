import {
  activation,
  add,
  addition,
  average,
  averagePool1d,
  averagePool2d,
  averagePool3d,
  batchNorm,
  batchNormReluPool,
  concatenate,
  conv1d,
  conv2d,
  conv2dTranspose,
  cropping2d,
  dense,
  depthwiseConv2d,
  embedding,
  flatten,
  globalAveragePool,
  globalMaxPool,
  graph,
  identity,
  type Layer,
  layerNorm,
  logSoftmax,
  type MergingLayer,
  maximum,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  minimum,
  multiply,
  permute,
  prelu,
  relu,
  repeatVector,
  rescaling,
  reshape,
  selectFeatures,
  sequential,
  softmax,
  subtract,
  upSampling2d,
  zeroPadding2d,
} from '../src/index.js';
import { inputPart } from '../src/layers/shape/input-part.js';
import {
  type Plain,
  plainBatchNorm,
  plainConv1d,
  plainConv2d,
  plainConv2dTranspose,
  plainDense,
  plainDepthwise,
  plainEmbedding,
  plainLayerNorm,
  plainLogSoftmax,
  plainPrelu,
  plainRelu,
} from './plain/plain-layers.js';
import { plainGlobalPool, plainMaxPool, plainPool } from './plain/plain-pooling.js';
import { plainCropping, plainPermute, plainUpSampling, plainZeroPadding } from './plain/plain-shapes.js';

/** One layer as `every-layer.test.ts` checks it: rules, leaks, name and options. */
export interface LayerCase {
  /** The layer with what it needs, and options more. */
  readonly make: (more: { readonly name?: string }) => Layer;
  /** With the batch axis. */
  readonly inputShape: readonly number[];
  /** Values of the input, for a layer that does not take any. */
  readonly input?: readonly number[];
  /** The layer's definition as loops over float64 numbers. */
  readonly reference: Plain;
  /** For a layer with running statistics: these, and the definition in evaluation mode. */
  readonly evaluation?: { readonly statistics: readonly number[][]; readonly reference: Plain };
  /** How many intermediate results a second-order pass may hold. */
  readonly held?: number;
}

const image = [2, 5, 6, 3] as const;
const volume = [2, 3, 4, 5, 2];
const overVolume = { inputShape: volume, poolSize: [2, 3, 2], strides: [1, 2, 2] };
const moments = { mean: [0.25, -0.5, 1], variance: [0.5, 2, 1.25] };
const statistics = [moments.mean, moments.variance];

const rectifiedAndPooled =
  (normalised: Plain): Plain =>
  (w, x) =>
    plainMaxPool(image, 2)([], plainRelu([], normalised(w, x)));

const denseThenRelu: Plain = (w, x) => plainRelu([], plainDense(4, 3)(w, x));

/** Every layer that the package exports, by its name. */
export const everyLayer: Readonly<Record<string, LayerCase>> = {
  activation: {
    make: (more) => activation({ kind: 'tanh', ...more }),
    inputShape: [3, 2, 2, 2],
    reference: (_, x) => x.map(Math.tanh),
    // The slope at each element, and its derivative times the cotangent.
    held: 2,
  },
  addition: {
    make: (more) =>
      addition({
        branches: [
          dense({ name: 'a', inputs: 3, outputs: 3 }),
          identity(),
          dense({ name: 'b', inputs: 3, outputs: 3 }),
        ],
        ...more,
      }),
    inputShape: [4, 3],
    reference: ([w, b, v, c], x) => {
      const [first, second] = [plainDense(3, 3)([w!, b!], x), plainDense(3, 3)([v!, c!], x)];
      return x.map((value, i) => value + first[i]! + second[i]!);
    },
    // What each of the three branches gave to the sum.
    held: 3,
  },
  averagePool1d: {
    make: (more) => averagePool1d({ poolSize: 3, strides: 2, padding: 'same', ...more }),
    inputShape: [2, 6, 3],
    reference: plainPool({
      kind: 'average',
      inputShape: [2, 6, 3],
      poolSize: [3],
      strides: [2],
      before: [0],
      counts: [3],
    }),
  },
  averagePool2d: {
    make: (more) => averagePool2d({ poolSize: 2, ...more }),
    inputShape: image,
    reference: plainPool({
      kind: 'average',
      inputShape: image,
      poolSize: [2, 2],
      strides: [2, 2],
      before: [0, 0],
      counts: [2, 3],
    }),
  },
  averagePool3d: {
    make: (more) => averagePool3d({ poolSize: [2, 3, 2], strides: [1, 2, 2], padding: 'same', ...more }),
    inputShape: volume,
    reference: plainPool({ kind: 'average', ...overVolume, before: [0, 0, 0], counts: [3, 2, 3] }),
  },
  batchNorm: {
    make: (more) => batchNorm({ channels: 3, ...more }),
    inputShape: image,
    reference: plainBatchNorm(3, 1e-5),
    evaluation: { statistics, reference: plainBatchNorm(3, 1e-5, moments) },
  },
  batchNormReluPool: {
    make: (more) => batchNormReluPool({ channels: 3, ...more }),
    inputShape: image,
    reference: rectifiedAndPooled(plainBatchNorm(3, 1e-5)),
    evaluation: { statistics, reference: rectifiedAndPooled(plainBatchNorm(3, 1e-5, moments)) },
    // What each of three layers hands to the next; in evaluation also what their forward pass, made again, caches.
    held: 6,
  },
  conv1d: {
    make: (more) => conv1d({ inputs: 3, outputs: 2, kernelSize: 3, strides: 2, padding: 'same', ...more }),
    inputShape: [2, 7, 3],
    reference: plainConv1d({
      inputShape: [2, 7, 3],
      kernelSize: 3,
      outputs: 2,
      strides: 2,
      zerosBefore: 1,
      outputSteps: 4,
    }),
  },
  conv2d: {
    make: (more) => conv2d({ inputs: 3, outputs: 2, kernelSize: 3, ...more }),
    inputShape: image,
    reference: plainConv2d({
      inputShape: image,
      kernelSize: 3,
      outputs: 2,
      strides: 1,
      zerosBefore: 0,
      outputSides: [3, 4],
    }),
  },
  conv2dTranspose: {
    make: (more) => conv2dTranspose({ inputs: 3, outputs: 2, kernelSize: 3, strides: 2, ...more }),
    inputShape: [2, 3, 4, 3],
    reference: plainConv2dTranspose({
      inputShape: [2, 7, 9, 2],
      kernelSize: 3,
      strides: 2,
      zerosBefore: 0,
      outputSides: [3, 4],
    }),
  },
  cropping2d: {
    make: (more) =>
      cropping2d({
        cropping: [
          [1, 0],
          [2, 3],
        ],
        ...more,
      }),
    inputShape: image,
    reference: plainCropping(image, { above: 1, below: 0, left: 2, right: 3 }),
  },
  dense: {
    make: (more) => dense({ inputs: 5, outputs: 3, ...more }),
    inputShape: [4, 5],
    reference: plainDense(5, 3),
  },
  depthwiseConv2d: {
    make: (more) =>
      depthwiseConv2d({ inputs: 3, depthMultiplier: 2, kernelSize: 3, strides: 2, padding: 'same', ...more }),
    inputShape: image,
    reference: plainDepthwise({
      inputShape: image,
      kernelSize: 3,
      multiplier: 2,
      strides: 2,
      zerosBefore: [1, 0],
      outputSides: [3, 3],
    }),
  },
  embedding: {
    make: (more) => embedding({ inputDim: 4, outputDim: 3, ...more }),
    inputShape: [2, 3],
    // Between two steps, which differences then stay clear of.
    input: [2.5, 0.5, 2.5, 3.5, 2.5, 0.5],
    reference: plainEmbedding(3),
  },
  flatten: {
    make: flatten,
    inputShape: [2, 3, 2, 2],
    reference: (_, x) => [...x],
  },
  globalAveragePool: {
    make: globalAveragePool,
    inputShape: image,
    reference: plainGlobalPool('average', image),
  },
  globalMaxPool: {
    make: globalMaxPool,
    inputShape: image,
    reference: plainGlobalPool('max', image),
  },
  graph: {
    // A shared layer, a branch that ends nowhere but in the sum, and the input read twice.
    make: (more) => {
      const shared = dense({ name: 'shared', inputs: 3, outputs: 3 });
      return graph({
        nodes: [
          { name: 'first', layer: shared, from: ['input'] },
          { layer: relu(), from: ['first'] },
          { name: 'second', layer: shared, from: ['relu'] },
          { layer: multiply(), from: ['first', 'second', 'input'] },
          { layer: add(), from: ['multiply', 'relu'] },
        ],
        ...more,
      });
    },
    inputShape: [2, 3],
    reference: (w, x) => {
      const first = plainDense(3, 3)(w, x);
      const rectified = plainRelu([], first);
      const second = plainDense(3, 3)(w, rectified);
      return x.map((value, i) => value * first[i]! * second[i]! + rectified[i]!);
    },
    // What nodes hand to each other, and the sums of it.
    held: 14,
  },
  identity: {
    make: identity,
    inputShape: [2, 3],
    reference: (_, x) => [...x],
  },
  layerNorm: {
    make: (more) => layerNorm({ normalizedShape: [3, 2], epsilon: 0.1, ...more }),
    inputShape: [2, 2, 3, 2],
    reference: plainLayerNorm(6, 0.1),
  },
  logSoftmax: {
    make: logSoftmax,
    inputShape: [2, 3, 4],
    reference: plainLogSoftmax(4),
  },
  maxPool1d: {
    make: (more) => maxPool1d({ poolSize: 3, strides: 2, ...more }),
    inputShape: [2, 6, 3],
    reference: plainPool({
      kind: 'max',
      inputShape: [2, 6, 3],
      poolSize: [3],
      strides: [2],
      before: [0],
      counts: [2],
    }),
  },
  maxPool2d: {
    make: (more) => maxPool2d({ poolSize: 2, ...more }),
    inputShape: image,
    reference: plainMaxPool(image, 2),
  },
  maxPool3d: {
    make: (more) => maxPool3d({ poolSize: [2, 3, 2], strides: [1, 2, 2], ...more }),
    inputShape: volume,
    reference: plainPool({ kind: 'max', ...overVolume, before: [0, 0, 0], counts: [2, 1, 2] }),
  },
  permute: {
    make: (more) => permute({ axes: [3, 1, 2], ...more }),
    inputShape: image,
    reference: plainPermute(image, [3, 1, 2]),
  },
  prelu: {
    make: (more) => prelu({ inputShape: [4, 5, 2], sharedAxes: [1, 3], ...more }),
    inputShape: [3, 4, 5, 2],
    reference: plainPrelu((i) => Math.floor(i / 2) % 5),
  },
  repeatVector: {
    make: (more) => repeatVector({ times: 3, ...more }),
    inputShape: [2, 4],
    reference: (_, x) => [0, 1].flatMap((n) => [1, 2, 3].flatMap(() => x.slice(4 * n, 4 * n + 4))),
  },
  rescaling: {
    make: (more) => rescaling({ scale: -2, offset: 0.5, ...more }),
    inputShape: [3, 2, 2, 2],
    reference: (_, x) => x.map((value) => 0.5 - 2 * value),
  },
  reshape: {
    make: (more) => reshape({ shape: [6, -1], ...more }),
    inputShape: image,
    reference: (_, x) => [...x],
  },
  relu: {
    make: relu,
    inputShape: [3, 2, 2, 2],
    reference: plainRelu,
  },
  selectFeatures: {
    make: (more) => selectFeatures({ inputs: 4, features: [0, 3, 1], ...more }),
    inputShape: [2, 4],
    reference: (_, [a, b, , d, e, f, , h]) => [a!, d!, b!, e!, h!, f!],
  },
  sequential: {
    make: (more) => sequential({ layers: [dense({ inputs: 4, outputs: 3 }), relu()], ...more }),
    inputShape: [3, 4],
    reference: denseThenRelu,
    // What one layer hands to the other, and the tangents of it.
    held: 2,
  },
  softmax: {
    make: softmax,
    inputShape: [2, 3, 4],
    reference: (_, x) => plainLogSoftmax(4)([], x).map(Math.exp),
  },
  upSampling2d: {
    make: (more) => upSampling2d({ size: [2, 3], ...more }),
    inputShape: image,
    reference: plainUpSampling(image, [2, 3], 'nearest'),
  },
  zeroPadding2d: {
    make: (more) =>
      zeroPadding2d({
        padding: [
          [1, 0],
          [2, 3],
        ],
        ...more,
      }),
    inputShape: image,
    reference: plainZeroPadding(image, { above: 1, below: 0, left: 2, right: 3 }),
  },
};

/** A merging layer as it is checked: as a layer of one row, cut into what it merges. */
export interface MergingCase {
  readonly make: (more: { readonly name?: string }) => MergingLayer;
  /** With the batch axis. */
  readonly inputShapes: readonly (readonly number[])[];
  /** The definition for one example. */
  readonly reference: (inputs: readonly number[][]) => number[];
}

const gates = [
  [2, 2, 3],
  [2, 1, 3],
  [2, 2, 3],
];
const elementwise =
  (combine: (a: number, b: number, c: number) => number): MergingCase['reference'] =>
  ([a, b, c]) =>
    a!.map((value, i) => combine(value, b![i % 3]!, c![i]!));

/** Every merging layer that the package exports, by its name. */
export const everyMergingLayer: Readonly<Record<string, MergingCase>> = {
  add: { make: add, inputShapes: gates, reference: elementwise((a, b, c) => a + b + c) },
  average: { make: average, inputShapes: gates, reference: elementwise((a, b, c) => (a + b + c) / 3) },
  concatenate: {
    make: (more) => concatenate({ axis: -2, ...more }),
    inputShapes: gates,
    reference: (inputs) => inputs.flat(),
  },
  maximum: { make: maximum, inputShapes: gates, reference: elementwise(Math.max) },
  minimum: { make: minimum, inputShapes: gates, reference: elementwise(Math.min) },
  multiply: { make: multiply, inputShapes: gates, reference: elementwise((a, b, c) => a * b * c) },
  subtract: { make: subtract, inputShapes: gates, reference: elementwise((a, b, c) => a - b - c) },
};

/** The same cases for layers of one input. */
export const everyMergedRow: Readonly<Record<string, LayerCase>> = Object.fromEntries(
  Object.entries(everyMergingLayer).map(([key, { make, inputShapes, reference }]) => {
    const shapes = inputShapes.map(([, ...shape]) => shape);
    const sizes = shapes.map((shape) => shape.reduce((size, length) => size * length, 1));
    const starts = sizes.map((_, k) => sizes.slice(0, k).reduce((sum, size) => sum + size, 0));
    const inputs = starts.at(-1)! + sizes.at(-1)!;
    const parts = shapes.map((shape, k) => inputPart({ name: `part${k}`, inputs, start: starts[k]!, shape }));
    const batch = inputShapes[0]![0]!;
    const row: LayerCase = {
      make: (more) => {
        const layer = make(more);
        const from = parts.map(({ name }) => name);
        return graph({
          name: layer.name,
          nodes: [...parts.map((part) => ({ layer: part, from: ['input'] })), { layer, from }],
        });
      },
      inputShape: [batch, inputs],
      reference: (_, x) =>
        Array.from({ length: batch }, (_, n) => {
          const example = x.slice(n * inputs, (n + 1) * inputs);
          return reference(starts.map((start, k) => example.slice(start, start + sizes[k]!)));
        }).flat(),
      // What the parts hand on, and are handed.
      held: 8,
    };
    return [key, row];
  }),
);
