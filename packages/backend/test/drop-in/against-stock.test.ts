import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../../src/select-backend.js';

/** Layers with a `fit` that throws on TensorFlow.js' own wasm backend, and its error. */
const trained: { name: string; inputShape: number[]; stack: () => tf.layers.Layer[]; error: string }[] = [
  {
    name: 'conv1d',
    inputShape: [8, 3],
    stack: () => [tf.layers.conv1d({ filters: 4, kernelSize: 3 }), tf.layers.globalAveragePooling1d({})],
    error: "Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'",
  },
  {
    name: 'conv2d',
    inputShape: [8, 8, 3],
    stack: () => [tf.layers.conv2d({ filters: 4, kernelSize: 3 }), tf.layers.flatten()],
    error: "Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'",
  },
  {
    name: 'conv2dTranspose',
    inputShape: [8, 8, 3],
    stack: () => [tf.layers.conv2dTranspose({ filters: 4, kernelSize: 3 }), tf.layers.flatten()],
    error: "Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'",
  },
  {
    name: 'separableConv2d',
    inputShape: [8, 8, 3],
    stack: () => [tf.layers.separableConv2d({ filters: 4, kernelSize: 3 }), tf.layers.flatten()],
    error: "Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'",
  },
  {
    name: 'convLstm2d',
    inputShape: [2, 8, 8, 3],
    stack: () => [tf.layers.convLstm2d({ filters: 4, kernelSize: 3 }), tf.layers.flatten()],
    error: "Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'",
  },
  {
    name: 'depthwiseConv2d',
    inputShape: [8, 8, 3],
    stack: () => [tf.layers.depthwiseConv2d({ kernelSize: 3 }), tf.layers.flatten()],
    error: "Kernel 'DepthwiseConv2dNativeBackpropFilter' not registered for backend 'wasm'",
  },
  {
    name: 'depthwiseConv2d behind a dense layer',
    inputShape: [8, 8, 3],
    stack: () => [
      tf.layers.dense({ units: 3 }),
      tf.layers.depthwiseConv2d({ kernelSize: 3 }),
      tf.layers.flatten(),
    ],
    error: "Kernel 'DepthwiseConv2dNativeBackpropInput' not registered for backend 'wasm'",
  },
  {
    name: 'embedding',
    inputShape: [5],
    stack: () => [tf.layers.embedding({ inputDim: 9, outputDim: 3 }), tf.layers.globalAveragePooling1d({})],
    error: "Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'",
  },
  {
    name: 'conv2d with a dilationRate',
    inputShape: [8, 8, 3],
    stack: () => [tf.layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2 }), tf.layers.flatten()],
    error: 'dilation rates greater than 1 are not yet supported in gradients',
  },
  {
    name: 'masking behind a layer that trains',
    inputShape: [5, 3],
    stack: () => [tf.layers.dense({ units: 3 }), tf.layers.masking(), tf.layers.simpleRNN({ units: 3 })],
    error: 'gradient function not found for Any',
  },
  {
    name: 'thresholdedReLU',
    inputShape: [5],
    stack: () => [tf.layers.dense({ units: 3 }), tf.layers.thresholdedReLU()],
    error: 'gradient function not found for Greater',
  },
];

/** ∂(Σ y)/∂x. */
const gradientOfSum = (y: (x: tf.Tensor4D) => tf.Tensor, x: tf.Tensor4D) =>
  tf.grad((at) => tf.sum(y(at as tf.Tensor4D)))(x);

const rising = [-4, -3, -2, -1];

/** What TensorFlow.js' own wasm backend computes without an error, and what it should. */
const computed: { name: string; of: () => tf.Tensor; stock: number[]; right: number[] }[] = [
  {
    name: 'gradient of max pooling in a window without a positive value',
    of: () => gradientOfSum((x) => tf.maxPool(x, 2, 2, 'valid'), tf.tensor4d(rising, [1, 2, 2, 1])),
    stock: [1, 0, 0, 0],
    right: [0, 0, 0, 1],
  },
  {
    name: 'maxPooling3d of a window without a positive value',
    of: () => tf.maxPool3d(tf.tensor5d([...rising, ...rising], [1, 2, 2, 2, 1]), 2, 2, 'valid'),
    stock: [1.1754943508222875e-38],
    right: [-1],
  },
  {
    name: "gradient of average pooling with 'same' padding",
    of: () => gradientOfSum((x) => tf.avgPool(x, 2, 2, 'same'), tf.tensor4d([1, 2, 3], [1, 1, 3, 1])),
    stock: [0.25, 0.25, 0.25],
    right: [0.5, 0.5, 1],
  },
  {
    name: "conv2d of a layer with 'same' padding and a stride above the filter's size",
    of: () =>
      tf.fused.conv2d({
        x: tf.tensor4d([2, 2, 2, 2, 2, 2, 2, 2], [1, 4, 2, 1]),
        filter: tf.tensor4d([1, 1], [1, 2, 1, 1]),
        strides: [2, 1],
        pad: 'same',
      }),
    stock: [0, 0, 0, 0],
    right: [4, 2, 4, 2],
  },
];

async function fitOnce({ inputShape, stack }: (typeof trained)[number]): Promise<void> {
  const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape }), ...stack()] });
  model.add(tf.layers.dense({ units: 1 }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await model.fit(tf.ones([4, ...inputShape]), tf.ones([4, 1]), { epochs: 1, verbose: 0 });
}

const valuesOf = (of: () => tf.Tensor) => tf.tidy(() => Array.from(of().dataSync()));

// In this order: what selectBackend registers stays.
describe('TensorFlow.js alone on wasm, as the README says', () => {
  beforeAll(async () => void (await tf.setBackend('wasm')));

  it.each(trained)('fit with $name throws', async (of) => {
    await expect(fitOnce(of)).rejects.toThrow(of.error);
  });

  it.each(computed)('$name is wrong', ({ of, stock }) => {
    expect(valuesOf(of)).toEqual(stock);
  });
});

describe('and with selectBackend', () => {
  beforeAll(async () => void (await selectBackend({ prefer: 'wasm' })));

  it.each(trained)('fit with $name trains', fitOnce);

  it.each(computed)('$name is right', ({ of, right }) => {
    expect(valuesOf(of)).toEqual(right);
  });
});
