import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { layers, regularizers } from '@tensorflow/tfjs-layers';

type Layer = { apply(inputs: SymbolicTensor | SymbolicTensor[]): unknown };

/** A model of one input that is checked on wasm: its value, the gradients of its weights and its input, and a step of `fit`. */
export interface LayerCase {
  readonly name: string;
  /** Without the batch. */
  readonly inputShape: readonly number[];
  /** The layers, one after the other; the first may be a dense layer, so that there is something to train. */
  readonly stack: () => readonly Layer[];
  /** What the input holds: the number of integers below which it draws, or normal values. */
  readonly integersBelow?: number;
  /** The loss of regularisers, which `fit` adds. */
  readonly penalty?: (weights: readonly (readonly number[])[]) => number;
}

const sequence = [6, 3] as const;
const image = [6, 5, 3] as const;
const volume = [4, 5, 4, 2] as const;
const recurrent = { units: 4, recurrentInitializer: 'glorotNormal' } as const;
/** Something to train, for layers without weights: a mixture of the channels. */
const mix = (units: number) => layers.dense({ units });

/** Two branches of the input, merged. */
const merged = (merge: () => Layer, units: readonly [number, number] = [4, 4]): (() => readonly Layer[]) => {
  return () => [
    {
      apply: (inputs) =>
        merge().apply(units.map((size) => mix(size).apply(inputs) as SymbolicTensor)) as SymbolicTensor,
    },
  ];
};

const row = (
  name: string,
  inputShape: readonly number[],
  stack: LayerCase['stack'],
  more: Partial<LayerCase> = {},
): LayerCase => ({ name, inputShape, stack, ...more });

const convolutions = [
  row('conv1d', sequence, () => [layers.conv1d({ filters: 4, kernelSize: 3 })]),
  row('conv1d strided same', sequence, () => [
    layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
  ]),
  row('conv2d', image, () => [layers.conv2d({ filters: 4, kernelSize: 3 })]),
  row('conv2d same, strided, tanh', image, () => [
    layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh' }),
  ]),
  row('conv2d twice', image, () => [
    layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }),
    layers.conv2d({ filters: 2, kernelSize: 2, useBias: false }),
  ]),
  row('conv1d dilated', sequence, () => [layers.conv1d({ filters: 4, kernelSize: 2, dilationRate: 2 })]),
  row('conv2d dilated', image, () => [layers.conv2d({ filters: 4, kernelSize: 2, dilationRate: [2, 1] })]),
  row('depthwiseConv2d', image, () => [layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2 })]),
  row('depthwiseConv2d same, strided, after conv2d', image, () => [
    layers.conv2d({ filters: 2, kernelSize: 1 }),
    layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
  ]),
  row('separableConv2d', image, () => [
    layers.separableConv2d({ filters: 3, kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
  ]),
  row('separableConv2d dilated', image, () => [
    layers.separableConv2d({ filters: 3, kernelSize: 2, dilationRate: 2 }),
  ]),
  row('conv2d of one pixel', image, () => [layers.conv2d({ filters: 4, kernelSize: 1 })]),
  row('conv2dTranspose', image, () => [layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2 })]),
  row('conv2dTranspose same', image, () => [
    layers.conv2dTranspose({ filters: 2, kernelSize: 2, padding: 'same' }),
  ]),
  row('conv3d', volume, () => [layers.conv3d({ filters: 3, kernelSize: 2 })]),
  row('convLstm2d of channels first', [3, 2, 5, 4], () => [
    layers.convLstm2d({
      filters: 2,
      kernelSize: 2,
      dataFormat: 'channelsFirst',
      recurrentInitializer: 'glorotNormal',
    }),
  ]),
  row('convLstm2d', [3, 5, 4, 2], () => [
    layers.convLstm2d({ filters: 2, kernelSize: 2, recurrentInitializer: 'glorotNormal' }),
  ]),
];

const pooling = [
  row('maxPooling1d', sequence, () => [mix(3), layers.maxPooling1d({ poolSize: 2, strides: 2 })]),
  row('maxPooling2d', image, () => [mix(3), layers.maxPooling2d({})]),
  row('maxPooling2d same', image, () => [
    mix(3),
    layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  ]),
  row('maxPooling3d', volume, () => [mix(3), layers.maxPooling3d({ poolSize: 2, strides: 2 })]),
  row('averagePooling1d', sequence, () => [
    mix(3),
    layers.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' }),
  ]),
  row('averagePooling2d', image, () => [mix(3), layers.averagePooling2d({})]),
  row('averagePooling2d same', image, () => [
    mix(3),
    layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  ]),
  row('averagePooling3d same', volume, () => [
    mix(3),
    layers.averagePooling3d({ poolSize: 3, strides: 2, padding: 'same' }),
  ]),
  row('globalAveragePooling1d', sequence, () => [mix(3), layers.globalAveragePooling1d({})]),
  row('globalAveragePooling2d', image, () => [mix(3), layers.globalAveragePooling2d({})]),
  row('globalMaxPooling1d', sequence, () => [mix(3), layers.globalMaxPooling1d({})]),
  row('globalMaxPooling2d', image, () => [mix(3), layers.globalMaxPooling2d({})]),
];

const shapes = [
  row('upSampling2d nearest', image, () => [mix(3), layers.upSampling2d({ size: [2, 3] })]),
  row('upSampling2d bilinear', image, () => [
    mix(3),
    layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }),
  ]),
  row('zeroPadding2d', image, () => [mix(3), layers.zeroPadding2d({ padding: [1, 2] })]),
  row('cropping2D', image, () => [
    mix(3),
    layers.cropping2D({
      cropping: [
        [1, 2],
        [0, 1],
      ],
    }),
  ]),
  row('permute', image, () => [mix(3), layers.permute({ dims: [2, 3, 1] })]),
  row('reshape', image, () => [mix(3), layers.reshape({ targetShape: [15, 6] })]),
  row('repeatVector', [5], () => [mix(3), layers.repeatVector({ n: 4 })]),
  row('flatten', image, () => [mix(3), layers.flatten()]),
  row('rescaling', image, () => [mix(3), layers.rescaling({ scale: 0.5, offset: 1 })]),
];

const dense = [
  row('dense', [5], () => [layers.dense({ units: 4 })]),
  row('dense of a sequence', sequence, () => [layers.dense({ units: 4, useBias: false })]),
  row('dense frozen before dense', [5], () => [layers.dense({ units: 4, trainable: false }), mix(2)]),
  row('embedding', [4], () => [layers.embedding({ inputDim: 7, outputDim: 3 })], { integersBelow: 7 }),
  row(
    'embedding with a mask, lstm',
    [4],
    () => [layers.embedding({ inputDim: 7, outputDim: 3, maskZero: true }), layers.lstm(recurrent)],
    { integersBelow: 7 },
  ),
  row('masking', sequence, () => [layers.masking({ maskValue: 0 }), layers.lstm(recurrent)]),
  row('masking after dense', sequence, () => [mix(3), layers.masking({ maskValue: 0 }), mix(2)]),
];

const normalization = [
  row('batchNormalization', [5], () => [layers.batchNormalization()]),
  row('batchNormalization of images', image, () => [mix(3), layers.batchNormalization()]),
  row('batchNormalization along another axis', image, () => [mix(3), layers.batchNormalization({ axis: 1 })]),
  row('layerNormalization', [5], () => [layers.layerNormalization()]),
  row('layerNormalization without scale', [5], () => [mix(3), layers.layerNormalization({ scale: false })]),
  row('layerNormalization without centre', [5], () => [mix(3), layers.layerNormalization({ center: false })]),
  row('layerNormalization of images', image, () => [mix(3), layers.layerNormalization({ axis: [1, 2, 3] })]),
];

const recurrence = [
  row('simpleRNN', sequence, () => [layers.simpleRNN(recurrent)]),
  row('lstm', sequence, () => [layers.lstm(recurrent)]),
  row('lstm of sequences, backwards', sequence, () => [
    layers.lstm({ ...recurrent, returnSequences: true, goBackwards: true }),
  ]),
  row('lstm with dropout', sequence, () => [
    layers.lstm({ ...recurrent, dropout: 0.3, recurrentDropout: 0.2 }),
  ]),
  row('gru', sequence, () => [layers.gru(recurrent)]),
  row('gru with dropout', sequence, () => [
    layers.gru({ ...recurrent, dropout: 0.3, recurrentDropout: 0.2 }),
  ]),
  row('gru, unrolled', sequence, () => [layers.gru({ ...recurrent, unroll: true })]),
  row('simpleRNN with dropout', sequence, () => [
    layers.simpleRNN({ ...recurrent, dropout: 0.3, recurrentDropout: 0.2 }),
  ]),
  row('rnn of stacked cells', sequence, () => [
    layers.rnn({
      cell: layers.stackedRNNCells({ cells: [layers.lstmCell(recurrent), layers.gruCell(recurrent)] }),
    }),
  ]),
  row('rnn of a simpleRNNCell', sequence, () => [layers.rnn({ cell: layers.simpleRNNCell(recurrent) })]),
  ...(['concat', 'sum', 'ave', 'mul'] as const).map((mergeMode) =>
    row(`bidirectional ${mergeMode}`, sequence, () => [
      layers.bidirectional({ layer: layers.lstm({ ...recurrent, returnSequences: true }), mergeMode }),
    ]),
  ),
  row('timeDistributed dense', sequence, () => [
    layers.timeDistributed({ layer: layers.dense({ units: 4 }) }),
  ]),
  row('timeDistributed conv2d', [2, ...image], () => [
    layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 2 }) }),
  ]),
];

// Their masks are fixed: the test makes every draw of a seed the same one.
const noise = [
  row('dropout', [20], () => [mix(20), layers.dropout({ rate: 0.4 })]),
  row('dropout with a shape', sequence, () => [mix(3), layers.dropout({ rate: 0.4, noiseShape: [3, 1, 3] })]),
  row('spatialDropout1d', sequence, () => [mix(4), layers.spatialDropout1d({ rate: 0.4 })]),
  row('gaussianNoise', [5], () => [mix(4), layers.gaussianNoise({ stddev: 0.5 })]),
  row('gaussianDropout', [5], () => [mix(4), layers.gaussianDropout({ rate: 0.4 })]),
  row('alphaDropout', [5], () => [mix(4), layers.alphaDropout({ rate: 0.4 })]),
];

const merges = [
  row('add', [5], merged(layers.add)),
  row('multiply', [5], merged(layers.multiply)),
  row('average', [5], merged(layers.average)),
  row('maximum', [5], merged(layers.maximum)),
  row('minimum', [5], merged(layers.minimum)),
  row('concatenate', [5], merged(layers.concatenate, [4, 2])),
  row(
    'concatenate along another axis',
    sequence,
    merged(() => layers.concatenate({ axis: 1 })),
  ),
  row(
    'dot',
    [5],
    merged(() => layers.dot({ axes: 1 })),
  ),
  row(
    'dot of sequences',
    sequence,
    merged(() => layers.dot({ axes: 2 })),
  ),
  row(
    'dot, normalized',
    [5],
    merged(() => layers.dot({ axes: 1, normalize: true })),
  ),
];

const activations = [
  ...[
    'elu',
    'hardSigmoid',
    'linear',
    'relu',
    'relu6',
    'selu',
    'sigmoid',
    'softmax',
    'logSoftmax',
    'softplus',
    'softsign',
    'tanh',
    'swish',
    'mish',
    'gelu',
    'gelu_new',
  ].map((activation) =>
    row(`activation ${activation}`, [5], () => [
      mix(4),
      layers.activation({ activation: activation as 'relu' }),
    ]),
  ),
  row('dense with swish', [5], () => [layers.dense({ units: 4, activation: 'swish' })]),
  row('elu layer', [5], () => [mix(4), layers.elu()]),
  row('leakyReLU', [5], () => [mix(4), layers.leakyReLU({ alpha: 0.2 })]),
  row('prelu', [5], () => [mix(4), layers.prelu()]),
  row('prelu, shared axes', image, () => [mix(3), layers.prelu({ sharedAxes: [1, 2] })]),
  row('reLU with a ceiling', [5], () => [mix(4), layers.reLU({ maxValue: 0.5 })]),
  row('softmax layer', [5], () => [mix(4), layers.softmax()]),
  row('thresholdedReLU', [5], () => [mix(4), layers.thresholdedReLU({ theta: 0.3 })]),
];

const sumOf = (weights: readonly (readonly number[])[], of: (weight: number) => number) =>
  weights[0]!.reduce((sum, weight) => sum + of(weight), 0);

const regularization = [
  row(
    'regularizer l1',
    [5],
    () => [layers.dense({ units: 4, kernelRegularizer: regularizers.l1({ l1: 0.1 }) })],
    { penalty: (weights) => 0.1 * sumOf(weights, Math.abs) },
  ),
  row(
    'regularizer l2',
    [5],
    () => [layers.dense({ units: 4, kernelRegularizer: regularizers.l2({ l2: 0.1 }) })],
    { penalty: (weights) => 0.1 * sumOf(weights, (weight) => weight ** 2) },
  ),
  row(
    'regularizer l1l2',
    [5],
    () => [layers.dense({ units: 4, kernelRegularizer: regularizers.l1l2({ l1: 0.1, l2: 0.2 }) })],
    { penalty: (weights) => sumOf(weights, (weight) => 0.1 * Math.abs(weight) + 0.2 * weight ** 2) },
  ),
];

/** Every layer of tfjs-layers that trains. */
export const layerCases: readonly LayerCase[] = [
  ...convolutions,
  ...pooling,
  ...shapes,
  ...dense,
  ...normalization,
  ...recurrence,
  ...noise,
  ...merges,
  ...activations,
  ...regularization,
];
