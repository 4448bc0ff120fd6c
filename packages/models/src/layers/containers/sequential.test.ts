import { ones, onesLike, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { disposeOwn, expectNoLeakOf } from '../../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainBatchNorm, plainConv2d, plainDense, plainRelu } from '../../../test/plain/plain-layers.js';
import { plainMaxPool } from '../../../test/plain/plain-pooling.js';
import { scatteredTensor } from '../../../test/values.js';
import type { Layer } from '../../types.js';
import { relu } from '../activations/relu.js';
import { conv2d } from '../convolution/conv2d.js';
import { dense } from '../dense/dense.js';
import { batchNorm } from '../normalization/batch-norm.js';
import { maxPool2d } from '../pooling/max-pool2d.js';
import { flatten } from '../shape/flatten.js';
import { sequential } from './sequential.js';

const net = sequential({
  name: 'net',
  layers: [
    conv2d({ inputs: 2, outputs: 3, kernelSize: 3 }),
    batchNorm({ channels: 3 }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dense({ inputs: 12, outputs: 2 }),
  ],
});
const inputShape = [3, 6, 6, 2] as const;
const plainNet = (p: readonly number[][], x: readonly number[]) => {
  const convolved = plainConv2d({
    inputShape,
    kernelSize: 3,
    outputs: 3,
    strides: 1,
    zerosBefore: 0,
    outputSides: [4, 4],
  })([p[0]!, p[1]!], x);
  const normalised = plainBatchNorm(3, 1e-5)([p[2]!, p[3]!], convolved);
  const pooled = plainMaxPool([3, 4, 4, 3], 2)([], plainRelu([], normalised));
  return plainDense(12, 2)([p[4]!, p[5]!], pooled);
};

onEachBackend(() => {
  test('a small conv net and its derivatives agree with a float64 reference', () => {
    expectDerivativesOf(plainNet, { layer: net, inputShape });
  });

  test('vjp is the adjoint of jvp', () => {
    for (const seed of [1, 2, 3]) expectAdjoint({ layer: net, inputShape }, seed);
  });

  test('second order is the derivative of vjp', async () => {
    await expectSecondOrder({ layer: net, inputShape });
    await expectSecondOrder({ layer: net, inputShape, mode: 'evaluation' });
    // Its first layer has nothing to train: unless the input's cotangent is wanted the way back ends before it.
    const late = sequential({ name: 'late', layers: [relu(), dense({ inputs: 4, outputs: 2 })] });
    await expectSecondOrder({ layer: late, inputShape: [3, 4] });
  });

  test('rules give what they return and leak nothing', () => {
    // A second-order pass holds what each of the six layers hands to the next.
    expectNoLeakOf({ layer: net, inputShape }, 6);
    expectNoLeakOf({ layer: net, inputShape, mode: 'evaluation' }, 6);
  });
});

test('tensors are named by layer, layers of one name are numbered', () => {
  const layer = sequential({
    name: 'net',
    layers: [
      dense({ inputs: 2, outputs: 2 }),
      batchNorm({ channels: 2, name: 'norm' }),
      dense({ inputs: 2, outputs: 2 }),
    ],
  });
  expect(layer.parameters.map(({ name }) => name)).toEqual([
    'dense1.weight',
    'dense1.bias',
    'norm.weight',
    'norm.bias',
    'dense2.weight',
    'dense2.bias',
  ]);
  expect(layer.statistics.map(({ name }) => name)).toEqual(['norm.runningMean', 'norm.runningVariance']);
});

test('vjp holds one intermediate cotangent at a time, and asks for none before the first parameters', () => {
  const asked: boolean[] = [];
  let alive: Tensor[] = [];
  const watch = (layer: Layer): Layer => ({
    ...layer,
    vjp(weights, cache, cotangent, wantInput) {
      asked.push(wantInput);
      alive = alive.filter((tensor) => !tensor.isDisposed);
      expect(alive.length).toBeLessThanOrEqual(1);
      const result = layer.vjp(weights, cache, cotangent, wantInput);
      if (result.input) alive.push(result.input);
      return result;
    },
  });
  const layer = sequential({
    name: 'net',
    layers: [relu(), dense({ inputs: 2, outputs: 2 }), relu(), relu()].map(watch),
  });
  tidy(() => {
    const weights = layer.initialize(() => 0.5);
    const { cache } = layer.forward(weights, scatteredTensor([3, 2], 1), 'training');
    layer.vjp(weights, cache, scatteredTensor([3, 2], 2), false);
  });
  // relu, relu, dense; the first relu is not asked at all.
  expect(asked).toEqual([true, true, false]);
});

test('what a layer of your own leaves behind is disposed of', () => {
  const plain: Layer = relu();
  const careless: Layer = {
    ...plain,
    vjp(weights, cache, cotangent, wantInput) {
      onesLike(cotangent);
      return plain.vjp(weights, cache, cotangent, wantInput);
    },
    jvp(weights, cache, tangents, inputTangent) {
      ones([1]);
      return plain.jvp(weights, cache, tangents, inputTangent);
    },
  };
  const layer = sequential({ name: 'net', layers: [dense({ inputs: 2, outputs: 2 }), careless] });
  const weights = layer.initialize(() => 0.5);
  const { output, cache } = layer.forward(weights, scatteredTensor([3, 2], 1), 'training');
  disposeOwn('vjp', () => layer.vjp(weights, cache, output, true));
  disposeOwn('jvp', () => layer.jvp(weights, cache, weights.parameters, undefined));
});

test('a layer that does not fit is named with where it stands', () => {
  const inner = sequential({
    name: 'head',
    layers: [flatten(), dense({ name: 'fc', inputs: 4, outputs: 2 })],
  });
  expect(() => sequential({ name: 'net', layers: [relu(), inner] }).outputShape([3])).toThrow(
    'net > head > fc: input has shape [batch, 3]; expected [batch, 4].',
  );
  expect(() => sequential({ name: 'net', layers: [] })).toThrow(
    'net: layers is []; expected at least one layer.',
  );
});
