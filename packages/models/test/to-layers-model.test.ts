import { relativeError } from '@metadistill/testing';
import { io, memory, setBackend, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  activation,
  addition,
  basicBlock,
  batchNorm,
  bottleneckBlock,
  cifarVeryTiny,
  conv1d,
  conv2d,
  cropping2d,
  dense,
  depthwiseConv2d,
  embedding,
  fashionMnistNet,
  flatten,
  fromLayersModel,
  globalMaxPool,
  graph,
  identity,
  type Layer,
  type LayeredModel,
  logisticRegression,
  logSoftmax,
  maxPool2d,
  model,
  prelu,
  relu,
  reshape,
  resnet,
  selectFeatures,
  sequential,
  toLayersModel,
  upSampling2d,
  type Weights,
} from '../src/index.js';
import { everyLayer, everyMergingLayer } from './every-layer.js';
import { weightsAt } from './expect-derivatives.js';
import { scatteredTensor, tensorOf } from './values.js';

beforeAll(() => setBackend('cpu'));

const numbers = (tensors: readonly Tensor[]) => tensors.flatMap((each) => Array.from(each.dataSync()));

const kinds = [
  'elu',
  'gelu',
  'geluNew',
  'hardSigmoid',
  'mish',
  'relu6',
  'selu',
  'sigmoid',
  'softplus',
  'softsign',
  'swish',
  'tanh',
] as const;

/** Two ways to the same sums, in float32. */
const ROUNDING = 2e-5;

const toLogits = (inputShape: readonly number[], ...layers: Layer[]): LayeredModel => {
  const body = sequential({ layers: [...layers, flatten({ name: 'row' })] });
  const inputs = body.outputShape(inputShape)[0]!;
  return model({
    name: 'net',
    inputShape,
    classes: 3,
    layers: [...layers, flatten({ name: 'row' }), dense({ name: 'logits', inputs, outputs: 3 })],
  });
};

async function savedAndLoaded(layersModel: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: io.ModelArtifacts | undefined;
  await layersModel.save(
    io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return tf.loadLayersModel(io.fromMemory(saved!));
}

/** There it predicts the same; back here it is the same model, also when it trains. */
function expectRoundTrip(net: LayeredModel, inputs: Tensor): void {
  const weights = weightsAt(net);
  const layersModel = toLayersModel({ model: net, weights, tf });
  const expected = net.predict(weights, inputs);
  expect(layersModel.inputs.map(({ shape }) => shape.slice(1))).toEqual([net.inputShape]);
  expect(relativeError(layersModel.predict(inputs) as Tensor, expected), 'there').toBeLessThan(ROUNDING);

  const back = fromLayersModel(layersModel);
  expect(back.untrainable).toBeUndefined();
  const same = back.initialize(() => 0);
  expect(relativeError(back.predict(same, inputs), expected), 'back').toBeLessThan(ROUNDING);
  const cotangent = scatteredTensor(expected.shape, 5) as Tensor2D;
  const gradientOf = (of: Pick<LayeredModel, 'forward' | 'vjp'>, at: Weights) =>
    of.vjp(at, of.forward(at, inputs, 'training').cache as never, cotangent);
  // Keras orders weights by how deep their layers are.
  const sorted = (gradient: readonly Tensor[]) => numbers(gradient).sort((a, b) => a - b);
  expect(
    relativeError(sorted(gradientOf(back as never, same)), sorted(gradientOf(net, weights))),
    'gradient',
  ).toBeLessThan(ROUNDING);
}

describe('every layer is one of tfjs-layers, or several', () => {
  const { selectFeatures: _, ...withForm } = everyLayer;

  test.each(Object.entries(withForm))('%s', (_, { make, inputShape: [batch, ...shape], input }) => {
    tidy(() => {
      const inputs = input ? tensorOf(input, [batch!, ...shape]) : scatteredTensor([batch!, ...shape], 1);
      expectRoundTrip(toLogits(shape, make({})), inputs);
    });
  });

  test.each(Object.entries(everyMergingLayer))('%s', (_, { make, inputShapes }) => {
    const shapes = inputShapes.map(([, ...shape]) => shape);
    const sizes = shapes.map((shape) => shape.reduce((size, length) => size * length, 1));
    const inputs = sizes.reduce((sum, size) => sum + size, 0);
    const parts = shapes.map((shape, k) => {
      const start = sizes.slice(0, k).reduce((sum, size) => sum + size, 0);
      const cropping = [
        [0, 0],
        [start, inputs - start - sizes[k]!],
      ] as const;
      const layers = [
        reshape({ shape: [1, inputs, 1] }),
        cropping2d({ cropping }),
        reshape({ name: 'back', shape }),
      ];
      return sequential({ name: `part${k}`, layers });
    });
    const merged = graph({
      nodes: [
        ...parts.map((layer) => ({ layer, from: ['input'] })),
        { layer: make({}), from: parts.map(({ name }) => name) },
      ],
    });
    tidy(() => expectRoundTrip(toLogits([inputs], merged), scatteredTensor([4, inputs], 1)));
  });

  const image = [5, 6, 3];
  const shared = dense({ name: 'shared', inputs: 3, outputs: 3 });
  const special: Readonly<Record<string, readonly [readonly number[], Layer]>> = {
    ...Object.fromEntries(kinds.map((kind) => [kind, [[3, 4], activation({ kind })]] as const)),
    leakyRelu: [[4], activation({ kind: 'leakyRelu', slope: 0.2 })],
    'leakyRelu of the default slope': [[4], activation({ kind: 'leakyRelu' })],
    thresholdedRelu: [[4], activation({ kind: 'thresholdedRelu', theta: 0.25 })],
    'thresholdedRelu of the default theta': [[4], activation({ kind: 'thresholdedRelu' })],
    clippedRelu: [[4], activation({ kind: 'clippedRelu', maxValue: 0.5 })],
    'conv2d, a number as padding': [
      image,
      conv2d({ inputs: 3, outputs: 2, kernelSize: 3, strides: 2, padding: 1 }),
    ],
    'conv2d, a padding of 0': [image, conv2d({ inputs: 3, outputs: 2, kernelSize: [3, 2], padding: 0 })],
    'conv2d, same, dilated': [
      image,
      conv2d({ inputs: 3, outputs: 2, kernelSize: 2, dilationRate: [1, 2], padding: 'same', useBias: false }),
    ],
    'depthwiseConv2d, a number as padding': [
      image,
      depthwiseConv2d({ inputs: 3, kernelSize: 3, padding: 1 }),
    ],
    'conv1d, a number as padding': [
      [7, 3],
      conv1d({ inputs: 3, outputs: 2, kernelSize: 3, strides: 2, padding: 2 }),
    ],
    'dense on images, without bias': [image, dense({ inputs: 3, outputs: 2, useBias: false })],
    'batchNorm of rows': [[4], batchNorm({ channels: 4, momentum: 0.3, epsilon: 0.1 })],
    'batchNorm of sequences': [[5, 4], batchNorm({ channels: 4, movingVariance: 'biased' })],
    'batchNorm of volumes': [[2, 3, 2, 4], batchNorm({ channels: 4 })],
    'prelu of each value': [image, prelu({ inputShape: image })],
    'maxPool2d, overlapping, same': [
      image,
      maxPool2d({ poolSize: [3, 2], strides: [1, 2], padding: 'same' }),
    ],
    'globalMaxPool of sequences': [[5, 4], globalMaxPool()],
    'upSampling2d, bilinear': [image, upSampling2d({ size: 2, interpolation: 'bilinear' })],
    'addition of one branch': [[3], addition({ branches: [relu()] })],
    'identity alone': [[3], identity()],
    'a layer in two nodes, within layers in two nodes': [
      [3],
      graph({
        nodes: [
          { name: 'a', layer: sequential({ name: 'twice', layers: [shared, relu()] }), from: ['input'] },
          { name: 'b', layer: relu(), from: ['a'] },
        ],
      }),
    ],
  };

  test.each(Object.entries(special))('%s', (_, [shape, layer]) => {
    tidy(() => expectRoundTrip(toLogits(shape, layer), scatteredTensor([4, ...shape], 1)));
  });
});

test('a layer of several nodes is made once, and one of equal name by itself', () => {
  tidy(() => {
    const block = sequential({ name: 'block', layers: [dense({ inputs: 3, outputs: 3 }), relu()] });
    const net = toLogits(
      [3],
      graph({
        nodes: [
          { name: 'first', layer: block, from: ['input'] },
          { name: 'second', layer: block, from: ['first'] },
        ],
      }),
      relu({ name: 'input' }),
    );
    const weights = weightsAt(net);
    const layersModel = toLayersModel({ model: net, weights, tf });
    expect(layersModel.layers.map(({ name }) => name)).toEqual([
      'input',
      'graph.block.dense',
      'graph.block.relu',
      'graph.block.relu_1',
      'input_1',
      'logits',
    ]);
    expect(layersModel.countParams()).toBe(2 * 12);
    const inputs = scatteredTensor([4, 3], 1);
    expect(relativeError(layersModel.predict(inputs) as Tensor, net.predict(weights, inputs))).toBeLessThan(
      ROUNDING,
    );
  });
});
const students: readonly (() => LayeredModel)[] = [
  cifarVeryTiny,
  fashionMnistNet,
  () => logisticRegression({ inputs: 4, classes: 3 }),
  () => resnet({ name: 'small', block: basicBlock, blocks: [1, 2], width: 4, inputShape: [8, 8, 3] }),
  () =>
    resnet({
      name: 'smallBottleneck',
      block: bottleneckBlock,
      blocks: [1, 1],
      width: 4,
      inputShape: [8, 8, 3],
      normalizedStem: true,
    }),
];

describe.each(students.map((make) => [make().name, make] as const))('%s', (_, make) => {
  test('predicts and trains the same there and back', () => {
    tidy(() => {
      const net = make();
      expectRoundTrip(net, scatteredTensor([4, ...net.inputShape], 1));
    });
  });

  test('is saved and loaded', async () => {
    const net = make();
    const weights = weightsAt(net);
    const layersModel = toLayersModel({ model: net, weights, tf });
    const loaded = await savedAndLoaded(layersModel);
    const inputs = scatteredTensor([4, ...net.inputShape], 1);
    const expected = net.predict(weights, inputs);
    expect(relativeError(loaded.predict(inputs) as Tensor, expected)).toBeLessThan(ROUNDING);
  });
});

test('every activation is saved and loaded', async () => {
  const net = toLogits(
    [4],
    ...kinds.map((kind) => activation({ kind, name: kind })),
    activation({ kind: 'leakyRelu' }),
    logSoftmax(),
  );
  const weights = weightsAt(net);
  const layersModel = toLayersModel({ model: net, weights, tf });
  const inputs = scatteredTensor([4, 4], 1);
  const expected = net.predict(weights, inputs);
  const loaded = await savedAndLoaded(layersModel);
  expect(relativeError(loaded.predict(inputs) as Tensor, expected)).toBeLessThan(ROUNDING);
});

test('a name that tfjs-layers does not take is refused, and leaks nothing', () => {
  for (const name of ['my layer', '-', 'ü', 'a:0']) {
    const net = model({
      name: 'net',
      inputShape: [4],
      classes: 3,
      layers: [relu(), dense({ name, inputs: 4, outputs: 3 })],
    });
    const weights = weightsAt(net);
    const { numTensors } = memory();
    expect(() => toLayersModel({ model: net, weights, tf })).toThrow(
      `toLayersModel: a layer of net is called '${name}'; expected letters, digits and - . _ /`,
    );
    expect(memory().numTensors).toBe(numTensors);
  }
});

test('a layer that tfjs-layers does not make of its options leaks nothing of those before it', () => {
  const odd: Layer = {
    ...identity({ name: 'odd' }),
    keras: () => ({ factory: 'maxPooling2d', config: {} }),
  };
  const layers = [dense({ name: 'first', inputs: 4, outputs: 3 }), odd];
  const net = model({ name: 'net', inputShape: [4], classes: 3, layers });
  const weights = weightsAt(net);
  const { numTensors } = memory();
  expect(() => toLayersModel({ model: net, weights, tf })).toThrow();
  expect(memory().numTensors).toBe(numTensors);
});

test('the LayersModel holds its weights and nothing else, and none of the tensors that it was made of', () => {
  const net = toLogits(
    [5, 6, 3],
    conv2d({ inputs: 3, outputs: 2, kernelSize: 3, padding: 1 }),
    batchNorm({ channels: 2 }),
  );
  const weights = weightsAt(net);
  const { numTensors } = memory();
  const layersModel = toLayersModel({ model: net, weights, tf });
  expect(memory().numTensors - numTensors).toBe(weights.parameters.length + weights.statistics.length);
  layersModel.dispose();
  expect(memory().numTensors).toBe(numTensors);
  expect(numbers([...weights.parameters, ...weights.statistics])).not.toHaveLength(0);
});

test('fit continues from the weights', async () => {
  const net = toLogits([4], dense({ inputs: 4, outputs: 5 }), batchNorm({ channels: 5 }), relu());
  const weights = weightsAt(net);
  const layersModel = toLayersModel({ model: net, weights, tf });
  layersModel.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [scatteredTensor([8, 4], 1), scatteredTensor([8, 3], 2)];
  const { history } = await layersModel.fit(x, y, { epochs: 5, batchSize: 8, shuffle: false, verbose: 0 });
  const losses = history.loss as number[];
  // The first is that of the weights that went in, normalised by the batch.
  const { logits } = net.forward(weights, x, 'training');
  const errors = numbers([logits]).map((value, i) => (value - numbers([y])[i]!) ** 2);
  const expected = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  expect(losses[0]! / expected).toBeCloseTo(1, 4);
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
});

test('a layer of your own says what it is', () => {
  tidy(() => {
    const { keras: _, ...own } = relu({ name: 'own' });
    const net = (keras?: Layer['keras']) => toLogits([3], { ...own, ...(keras && { keras }) });
    const weights = weightsAt(net());
    const made = (factory: string) => () =>
      toLayersModel({ model: net(() => ({ factory, config: {} })), weights, tf });
    expect(made('reLU')().layers.map((layer) => layer.getClassName())).toEqual([
      'InputLayer',
      'ReLU',
      'Dense',
    ]);
    expect(made('rectifier')).toThrow(
      'toLayersModel: tf.layers.rectifier is undefined; expected a function that makes layer own.',
    );
    expect(() => toLayersModel({ model: net(), weights, tf })).toThrow('does what own of net does');
  });
});

test('weights are borrowed', () => {
  const net = toLogits([3], relu());
  const weights = weightsAt(net);
  const layersModel = toLayersModel({ model: net, weights, tf });
  for (const each of weights.parameters) each.dispose();
  expect(numbers([layersModel.predict(tensorOf([1, 2, 3], [1, 3])) as Tensor])).toHaveLength(3);
});

describe('refuses before anything is made', () => {
  const net = toLogits([3], relu());
  const weights = weightsAt(net);

  test('a layer that tfjs-layers does not have', () => {
    const selecting = toLogits([4], sequential({ layers: [selectFeatures({ inputs: 4, features: [0] })] }));
    expect(() => toLayersModel({ model: selecting, weights: weightsAt(selecting), tf })).toThrow(
      'toLayersModel: tfjs-layers has no layer that does what sequential.selectFeatures of net does; expected layers that it has, such as dense() and conv2d(). Replace it, or do its work on the inputs.',
    );
    const dilated = toLogits([5, 6, 3], depthwiseConv2d({ inputs: 3, kernelSize: 2, dilationRate: 2 }));
    expect(() => toLayersModel({ model: dilated, weights: weightsAt(dilated), tf })).toThrow(
      'does what depthwiseConv2d of net does',
    );
  });

  test('weights of another model, or disposed ones', () => {
    const others = { parameters: weights.parameters.slice(1), statistics: [] };
    expect(() => toLayersModel({ model: net, weights: others, tf })).toThrow(
      'toLayersModel: weights.parameters has 1 tensors; expected 2. Are they of another model?',
    );
    const dead = weightsAt(net);
    dead.parameters[1]!.dispose();
    expect(() => toLayersModel({ model: net, weights: dead, tf })).toThrow(
      'toLayersModel: weights.parameters[1] is disposed of',
    );
  });

  test('no tfjs-layers, and a model that has no layers of ours', () => {
    expect(() => toLayersModel({ model: net, weights, tf: undefined as never })).toThrow(
      "toLayersModel: tf is undefined; expected tfjs-layers. Pass tf, of import * as tf from '@tensorflow/tfjs'.",
    );
    const yours = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    expect(() => toLayersModel({ model: fromLayersModel(yours) as never, weights, tf })).toThrow(
      'expected a model of layers. Pass the result of model()',
    );
  });
});

test('embeddings take words, and log-softmax is an activation', () => {
  tidy(() => {
    const net = toLogits([3], embedding({ inputDim: 4, outputDim: 2 }), logSoftmax());
    expectRoundTrip(net, tensorOf([0, 1, 2, 3, 3, 0], [2, 3]));
  });
});
