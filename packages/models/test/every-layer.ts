import {
  addition,
  batchNorm,
  batchNormReluPool,
  conv2d,
  dense,
  flatten,
  globalAveragePool,
  identity,
  type Layer,
  maxPool2d,
  relu,
  selectFeatures,
  sequential,
} from '../src/index.js';
import {
  type Plain,
  plainBatchNorm,
  plainConv2d,
  plainDense,
  plainGlobalAverage,
  plainMaxPool,
  plainRelu,
} from './plain-layers.js';

/** One layer as `every-layer.test.ts` checks it: rules, leaks, name and options. */
export interface LayerCase {
  /** The layer with what it needs, and options more. */
  readonly make: (more: { readonly name?: string }) => Layer;
  /** With the batch axis. */
  readonly inputShape: readonly number[];
  /** The layer's definition as loops over float64 numbers. */
  readonly reference: Plain;
  /** For a layer with running statistics: these, and the definition in evaluation mode. */
  readonly evaluation?: { readonly statistics: readonly number[][]; readonly reference: Plain };
  /** How many intermediate results a second-order pass may hold; only layers made of layers hold any. */
  readonly held?: number;
}

const image = [2, 5, 6, 3] as const;
const moments = { mean: [0.25, -0.5, 1], variance: [0.5, 2, 1.25] };
const statistics = [moments.mean, moments.variance];

const rectifiedAndPooled =
  (normalised: Plain): Plain =>
  (w, x) =>
    plainMaxPool(image, 2)([], plainRelu([], normalised(w, x)));

const denseThenRelu: Plain = (w, x) => plainRelu([], plainDense(4, 3)(w, x));

/** Every layer that the package exports, by its name. */
export const everyLayer: Readonly<Record<string, LayerCase>> = {
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
  dense: {
    make: (more) => dense({ inputs: 5, outputs: 3, ...more }),
    inputShape: [4, 5],
    reference: plainDense(5, 3),
  },
  flatten: {
    make: flatten,
    inputShape: [2, 3, 2, 2],
    reference: (_, x) => [...x],
  },
  globalAveragePool: {
    make: globalAveragePool,
    inputShape: image,
    reference: plainGlobalAverage(image),
  },
  identity: {
    make: identity,
    inputShape: [2, 3],
    reference: (_, x) => [...x],
  },
  maxPool2d: {
    make: (more) => maxPool2d({ poolSize: 2, ...more }),
    inputShape: image,
    reference: plainMaxPool(image, 2),
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
};
