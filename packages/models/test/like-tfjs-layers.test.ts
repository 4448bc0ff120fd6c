import { relativeError } from '@metadistill/testing';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { activation, type Layer, logSoftmax, prelu, softmax } from '../src/index.js';
import { weightsAt } from './expect-derivatives.js';
import { onEachBackend } from './on-each-backend.js';
import { scatteredOf, tensorOf } from './values.js';

/** The layer of tfjs-layers that computes what one of ours does. */
interface Pair {
  readonly ours: Layer;
  readonly theirs: () => InstanceType<typeof layers.Layer>;
  /** With the batch axis. */
  readonly inputShape: readonly number[];
}

const image = [2, 7, 6, 3];

const activations = (
  [
    ['elu', 'elu'],
    ['gelu', 'gelu'],
    ['gelu_new', 'geluNew'],
    ['hardSigmoid', 'hardSigmoid'],
    ['mish', 'mish'],
    ['relu6', 'relu6'],
    ['selu', 'selu'],
    ['sigmoid', 'sigmoid'],
    ['softplus', 'softplus'],
    ['softsign', 'softsign'],
    ['swish', 'swish'],
    ['tanh', 'tanh'],
  ] as const
).map(([name, kind]): [string, Pair] => [
  `activation ${name}`,
  { ours: activation({ kind }), theirs: () => layers.activation({ activation: name }), inputShape: image },
]);

const pairs: [string, Pair][] = [
  ...activations,
  [
    'activation softmax',
    { ours: softmax(), theirs: () => layers.activation({ activation: 'softmax' }), inputShape: image },
  ],
  [
    'activation logSoftmax',
    {
      ours: logSoftmax(),
      theirs: () => layers.activation({ activation: 'logSoftmax' as never }),
      inputShape: image,
    },
  ],
  ['softmax', { ours: softmax(), theirs: () => layers.softmax(), inputShape: [4, 5] }],
  [
    'leakyReLU',
    { ours: activation({ kind: 'leakyRelu' }), theirs: () => layers.leakyReLU(), inputShape: image },
  ],
  [
    'thresholdedReLU',
    {
      ours: activation({ kind: 'thresholdedRelu' }),
      theirs: () => layers.thresholdedReLU(),
      inputShape: image,
    },
  ],
  [
    'reLU with a largest value',
    {
      ours: activation({ kind: 'clippedRelu', maxValue: 2 }),
      theirs: () => layers.reLU({ maxValue: 2 }),
      inputShape: image,
    },
  ],
  ...[[], [1, 2], [2]].map((sharedAxes): [string, Pair] => [
    `prelu with shared axes ${JSON.stringify(sharedAxes)}`,
    {
      ours: prelu({ inputShape: image.slice(1), sharedAxes }),
      theirs: () => layers.prelu({ ...(sharedAxes.length > 0 && { sharedAxes }) }),
      inputShape: image,
    },
  ]),
];

// TensorFlow.js' own prelu is wrong on plain wasm with slopes that do not repeat as they lie in memory.
const isWrong = (backend: string, name: string) => backend === 'wasm' && name.endsWith('[2]');

onEachBackend((backend) => {
  test.each(pairs.filter(([name]) => !isWrong(backend, name)))(
    '%s: shape, weights and output are those of tfjs-layers',
    (_, { ours, theirs: makeTheirs, inputShape }) => {
      tidy(() => {
        // Up to 7, beyond every kink.
        const x = tensorOf(
          scatteredOf(inputShape, 1).map((value) => 7 * value),
          inputShape,
        );
        const theirs = makeTheirs();
        theirs.build(x.shape);
        const weights = weightsAt(ours);
        theirs.setWeights([...weights.parameters, ...weights.statistics]);
        expect(theirs.computeOutputShape(x.shape)).toEqual([
          inputShape[0],
          ...ours.outputShape(inputShape.slice(1)),
        ]);
        const expected = theirs.apply(x) as Tensor;
        const { output } = ours.forward(weights, x, 'evaluation');
        expect(output.shape).toEqual(expected.shape);
        // Roundings of a few float32 operations.
        expect(relativeError(output, Array.from(expected.dataSync()))).toBeLessThan(1e-6);
      });
    },
  );
});
