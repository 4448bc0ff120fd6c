import { torchRandom } from '@metadistill/datasets';
import {
  centralDifference,
  expectNoLeak,
  expectOnlyReturned,
  inFloat64,
  relativeError,
} from '@metadistill/testing';
import { dispose, mean, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { disposeOwn } from '../test/expect-no-leak-of.js';
import { onEachBackend } from '../test/on-each-backend.js';
import { scatteredTensor } from '../test/values.js';
import { features } from './features.js';
import { relu } from './layers/activations/relu.js';
import { dense } from './layers/dense/dense.js';
import { batchNorm } from './layers/normalization/batch-norm.js';
import { flatten } from './layers/shape/flatten.js';
import { model } from './model.js';
import { scoped } from './scoped.js';
import { cifarTiny } from './students/cifar-tiny.js';
import { basicBlock } from './students/residual-blocks.js';
import { resnet } from './students/resnet.js';
import { disposeWeights } from './tensors.js';

const small = model({
  name: 'small',
  inputShape: [2, 3],
  classes: 2,
  layers: [
    flatten(),
    dense({ name: 'first', inputs: 6, outputs: 4 }),
    batchNorm({ channels: 4 }),
    relu(),
    dense({ name: 'second', inputs: 4, outputs: 3 }),
    relu(),
    dense({ name: 'last', inputs: 3, outputs: 2 }),
  ],
});
const names = ['relu1', 'second', 'last'] as const;
const numbers = (tensors: readonly Tensor[]) => tensors.flatMap((each) => Array.from(each.dataSync()));

describe('the derivatives of logits and features together', () => {
  /** ⟨u, logits⟩ + Σ ⟨u_name, features_name⟩ at parameters given as one list of numbers. */
  const objective = (values: readonly number[], used: readonly ('logits' | (typeof names)[number])[]) =>
    scoped(() => {
      const opened = features(small, names);
      let start = 0;
      const parameters = small.parameters.map(({ shape }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        start += size;
        return tensor(values.slice(start - size, start), [...shape]);
      });
      const weights = { parameters, statistics: batchNorm({ channels: 4 }).initialize(() => 0).statistics };
      const pass = opened.forward(weights, scatteredTensor([5, 2, 3], 1), 'training');
      const outputs = { ...pass.features, logits: pass.logits };
      const cotangents = used.map((name, i) => [name, scatteredTensor(outputs[name].shape, i + 2)] as const);
      const value = cotangents.reduce(
        (total, [name, u]) => total + sum(mul(u, outputs[name])).dataSync()[0]!,
        0,
      );
      const { logits, ...ofFeatures } = Object.fromEntries(cotangents) as Record<string, Tensor>;
      const gradient = opened.vjp(weights, pass.cache, {
        ...(logits && { logits: logits as typeof pass.logits }),
        features: ofFeatures,
      });
      return { value, gradient: numbers(gradient) };
    });
  const start = numbers(small.initialize(torchRandom(3).uniform).parameters);

  test.each([
    ['all', ['logits', ...names]],
    ['the logits alone', ['logits']],
    ['an early feature alone', ['relu1']],
    ['two features', ['second', 'relu1']],
    ['the logits under both names', ['logits', 'last']],
  ] as const)('are those of a central difference: %s', (_, used) => {
    inFloat64(() => {
      const { gradient } = objective(start, used);
      const difference = centralDifference((values) => objective(values, used).value, start);
      // O(h²) of the difference at h = 1e-5, batch norm included, and rounding over h.
      expect(relativeError(gradient, difference)).toBeLessThan(1e-8);
    });
  });
});

test('forward mode of logits and features is the adjoint of their backward mode', () => {
  tidy(() => {
    const opened = features(small, names);
    const weights = small.initialize(torchRandom(3).uniform);
    const {
      logits,
      features: made,
      cache,
    } = opened.forward(weights, scatteredTensor([5, 2, 3], 1), 'training');
    const v = small.parameters.map(({ shape }, i) => scatteredTensor(shape, 20 + i));
    const tangent = opened.jvp(weights, cache, v);
    const cotangents = { ...made, logits };
    const inner = (a: readonly Tensor[], b: readonly Tensor[]) =>
      numbers(a).reduce((total, value, i) => total + value * numbers(b)[i]!, 0);
    const outputs = ['logits', ...names] as const;
    const forward = inner(
      [tangent.logits, ...names.map((name) => tangent.features[name])],
      outputs.map((name) => cotangents[name]),
    );
    const backward = inner(opened.vjp(weights, cache, { logits, features: made }), v);
    // Float32 sums of some 60 products.
    expect(Math.abs(forward - backward)).toBeLessThan(1e-5 * Math.abs(forward));
    expect(() => opened.jvp(weights, cache, v.slice(1))).toThrow(
      'small: parameterTangents has 7 tensors; expected 8.',
    );
  });
});

onEachBackend(() => {
  test('an opened network computes what it computes closed', async () => {
    const student = resnet({
      name: 'tiny',
      block: basicBlock,
      blocks: [1, 1],
      width: 2,
      inputShape: [8, 8, 3],
    });
    const opened = features(student, ['layer2', 'globalAveragePool', 'layer1']);
    expect(opened.featureShapes).toEqual({
      layer1: [8, 8, 2],
      layer2: [4, 4, 4],
      globalAveragePool: [4],
    });
    const weights = student.initialize(torchRandom(1).uniform);
    const inputs = scatteredTensor([2, 8, 8, 3], 1);
    tidy(() => {
      const closed = student.forward(weights, inputs, 'training');
      const pass = opened.forward(weights, inputs, 'training');
      expect(pass.logits.dataSync()).toEqual(closed.logits.dataSync());
      expect(numbers(pass.statistics)).toEqual(numbers(closed.statistics));
      const gradient = opened.vjp(weights, pass.cache, { logits: pass.logits });
      expect(numbers(gradient)).toEqual(numbers(student.vjp(weights, closed.cache, closed.logits)));
      const { layer2, globalAveragePool } = pass.features;
      expect(relativeError(globalAveragePool, mean(layer2, [1, 2]))).toBeLessThan(1e-6);
    });
    await expectNoLeak(() => {
      const { logits, features: evaluated } = opened.predict(weights, inputs);
      const predicted = student.predict(weights, inputs);
      expect(logits.dataSync()).toEqual(predicted.dataSync());
      dispose([logits, predicted, ...Object.values(evaluated)]);
    });
    disposeWeights(weights);
    inputs.dispose();
  });
});

test('an opened network gives what it returns and leaks nothing', () => {
  const opened = features(small, names);
  const weights = small.initialize(torchRandom(3).uniform);
  const inputs = scatteredTensor([5, 2, 3], 1);
  disposeOwn('predict', () => opened.predict(weights, inputs));
  for (const mode of ['training', 'evaluation'] as const) {
    const pass = expectOnlyReturned(`forward (${mode})`, () => opened.forward(weights, inputs, mode));
    const { logits, features: made, cache } = pass.result;
    for (const cotangents of [{ logits }, { features: made }, { features: { second: made.second } }]) {
      disposeOwn(`vjp (${mode})`, () => opened.vjp(weights, cache, cotangents));
    }
    disposeOwn(`jvp (${mode})`, () => opened.jvp(weights, cache, weights.parameters));
    expect([inputs, ...weights.parameters, ...pass.made].filter(({ isDisposed }) => isDisposed)).toEqual([]);
    dispose([...pass.made]);
  }
  disposeWeights(weights);
  inputs.dispose();
});

test('the features of a convolutional student are its pooled blocks and its hidden layer', () => {
  expect(features(cifarTiny(), ['conv1_bn', 'conv2_bn', 'conv3_bn', 'relu']).featureShapes).toEqual({
    conv1_bn: [15, 15, 16],
    conv2_bn: [6, 6, 32],
    conv3_bn: [2, 2, 64],
    relu: [128],
  });
});

test('refuses names and cotangents that are not of the model', () => {
  expect(() => features(small, ['relu'])).toThrow(
    "features: names has 'relu'; expected names among flatten, first, batchNorm, relu1, second, relu2, last of small.",
  );
  expect(() => features(small, ['first', 'first'])).toThrow("names has 'first' twice");
  tidy(() => {
    const opened = features(small, ['second']);
    const weights = small.initialize(() => 0);
    const { cache } = opened.forward(weights, scatteredTensor([5, 2, 3], 1), 'training');
    const vjp = () => opened.vjp(weights, cache, { features: { second: scatteredTensor([5, 4], 1) } });
    expect(vjp).toThrow('small: cotangents.features.second has shape [5, 4]; expected [batch, 3].');
    expect(() => opened.forward(weights, scatteredTensor([5, 6], 1), 'training')).toThrow(
      'small: inputs has shape [5, 6]; expected [batch, 2, 3].',
    );
  });
});
