import { layers } from '@tensorflow/tfjs-layers';
import { test } from 'vitest';
import {
  activation,
  averagePool1d,
  averagePool2d,
  averagePool3d,
  cropping2d,
  globalAveragePool,
  globalMaxPool,
  logSoftmax,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  permute,
  prelu,
  repeatVector,
  rescaling,
  reshape,
  softmax,
  upSampling2d,
  zeroPadding2d,
} from '../../src/index.js';
import { onEachBackend } from '../on-each-backend.js';
import { expectLikeTfjsLayers, type Pair } from './expect-like-tfjs-layers.js';

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

const poolings = [
  { poolSize: 2 },
  { poolSize: [3, 2] as const, strides: [2, 1] as const },
  { poolSize: [2, 3] as const, strides: 2, padding: 'same' as const },
].flatMap((options): [string, Pair][] => [
  [
    `maxPooling2d ${JSON.stringify(options)}`,
    { ours: maxPool2d(options), theirs: () => layers.maxPooling2d(options as never), inputShape: image },
  ],
  [
    `averagePooling2d ${JSON.stringify(options)}`,
    {
      ours: averagePool2d(options),
      theirs: () => layers.averagePooling2d(options as never),
      inputShape: image,
    },
  ],
]);

const sequence = [2, 7, 3];
const alongLength = { poolSize: 3, strides: 2, padding: 'same' } as const;

const volume = [2, 3, 4, 5, 2];
const overVolume = { poolSize: 2, strides: 1, padding: 'same' } as const;

const pairs: [string, Pair][] = [
  ...activations,
  ...poolings,
  [
    'reshape',
    {
      ours: reshape({ shape: [9, -1] }),
      theirs: () => layers.reshape({ targetShape: [9, -1] }),
      inputShape: image,
    },
  ],
  [
    'permute',
    {
      ours: permute({ axes: [3, 1, 2] }),
      theirs: () => layers.permute({ dims: [3, 1, 2] }),
      inputShape: image,
    },
  ],
  [
    'repeatVector',
    { ours: repeatVector({ times: 3 }), theirs: () => layers.repeatVector({ n: 3 }), inputShape: [4, 5] },
  ],
  [
    'rescaling',
    {
      ours: rescaling({ scale: 0.5, offset: -1 }),
      theirs: () => layers.rescaling({ scale: 0.5, offset: -1 }),
      inputShape: image,
    },
  ],
  [
    'zeroPadding2d',
    {
      ours: zeroPadding2d({
        padding: [
          [1, 0],
          [2, 3],
        ],
      }),
      theirs: () =>
        layers.zeroPadding2d({
          padding: [
            [1, 0],
            [2, 3],
          ],
        }),
      inputShape: image,
    },
  ],
  [
    'cropping2D',
    {
      ours: cropping2d({
        cropping: [
          [1, 0],
          [2, 3],
        ],
      }),
      theirs: () =>
        layers.cropping2D({
          cropping: [
            [1, 0],
            [2, 3],
          ],
        }),
      inputShape: image,
    },
  ],
  ...(['nearest', 'bilinear'] as const).map((interpolation): [string, Pair] => [
    `upSampling2d, ${interpolation}`,
    {
      ours: upSampling2d({ size: [2, 3], interpolation }),
      theirs: () => layers.upSampling2d({ size: [2, 3], interpolation }),
      inputShape: image,
    },
  ]),
  [
    'maxPooling1d',
    { ours: maxPool1d(alongLength), theirs: () => layers.maxPooling1d(alongLength), inputShape: sequence },
  ],
  [
    'averagePooling1d',
    {
      ours: averagePool1d(alongLength),
      theirs: () => layers.averagePooling1d(alongLength),
      inputShape: sequence,
    },
  ],
  [
    'maxPooling3d',
    { ours: maxPool3d(overVolume), theirs: () => layers.maxPooling3d(overVolume), inputShape: volume },
  ],
  [
    'averagePooling3d',
    {
      ours: averagePool3d(overVolume),
      theirs: () => layers.averagePooling3d(overVolume),
      inputShape: volume,
    },
  ],
  [
    'globalMaxPooling1d',
    { ours: globalMaxPool(), theirs: () => layers.globalMaxPooling1d({}), inputShape: sequence },
  ],
  [
    'globalAveragePooling1d',
    { ours: globalAveragePool(), theirs: () => layers.globalAveragePooling1d({}), inputShape: sequence },
  ],
  [
    'globalMaxPooling2d',
    { ours: globalMaxPool(), theirs: () => layers.globalMaxPooling2d({}), inputShape: image },
  ],
  [
    'globalAveragePooling2d',
    { ours: globalAveragePool(), theirs: () => layers.globalAveragePooling2d({}), inputShape: image },
  ],
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

// TensorFlow.js' own prelu is wrong on plain wasm with slopes that do not repeat as they lie in memory, and its maximum of a
// volume's window without a positive value is nearly 0.
const isWrong = (backend: string, name: string) =>
  backend === 'wasm' && (name.endsWith('[2]') || name === 'maxPooling3d');

onEachBackend((backend) => {
  test.each(pairs.filter(([name]) => !isWrong(backend, name)))('%s is that of tfjs-layers', (_, pair) =>
    // Up to 7, beyond every kink.
    expectLikeTfjsLayers({ ...pair, spread: 7 }),
  );
});
