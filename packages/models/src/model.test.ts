import { expectNoLeak, relativeError } from '@metadistill/testing';
import { abs, cast, dispose, memory, mul, sub, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { scatteredTensor } from '../test/values.js';
import { relu } from './layers/activations/relu.js';
import type { DerivableLayer } from './layers/containers/several-inputs.js';
import { wire } from './layers/containers/wire.js';
import { dense } from './layers/dense/dense.js';
import { batchNorm } from './layers/normalization/batch-norm.js';
import { flatten } from './layers/shape/flatten.js';
import { model } from './model.js';
import { disposeWeights } from './tensors.js';
import type { Layer } from './types.js';

const net = model({
  name: 'net',
  inputShape: [2, 2],
  classes: 3,
  layers: [
    flatten(),
    dense({ inputs: 4, outputs: 5 }),
    batchNorm({ channels: 5 }),
    relu(),
    dense({ inputs: 5, outputs: 3 }),
  ],
});
const draw = () => {
  let i = 0;
  return net.initialize((low, high) => Math.fround(low + (high - low) * (0.5 + 0.5 * Math.sin(i++))));
};

test('predict keeps nothing when a layer throws, and computes the next time', () => {
  let isFull = true;
  const last = dense({ inputs: 4, outputs: 3 });
  const full: Layer = {
    ...(last as Layer),
    forward(...pass) {
      if (isFull) throw new Error('does not fit');
      return last.forward(...pass);
    },
  };
  const layers = [flatten(), relu(), full];
  const chain = model({ name: 'chain', inputShape: [2, 2], classes: 3, layers });
  const students = [
    chain,
    wire(
      'graph',
      layers.map((layer, i) => ({ layer: layer as DerivableLayer, from: [i - 1] })),
    ),
  ];
  const weights = chain.initialize(() => 0.5);
  const inputs = scatteredTensor([6, 2, 2], 1);
  const before = memory().numTensors;
  for (const student of students) expect(() => student.predict(weights, inputs)).toThrow('does not fit');
  expect(memory().numTensors).toBe(before);
  isFull = false;
  const logits = students.map((student) => student.predict(weights, inputs));
  expect(memory().numTensors).toBe(before + 2);
  dispose([...logits, inputs]);
  disposeWeights(weights);
});

test('predict gives the logits of evaluation mode and keeps nothing else', async () => {
  await expectNoLeak(() => {
    const weights = draw();
    const inputs = scatteredTensor([6, 2, 2], 1);
    const logits = net.predict(weights, inputs);
    tidy(() => {
      const forward = net.forward(weights, inputs, 'evaluation');
      expect(relativeError(logits, forward.logits)).toBe(0);
      expect(forward.statistics).toEqual(weights.statistics);
    });
    expect(inputs.isDisposed).toBe(false);
    logits.dispose();
    inputs.dispose();
    disposeWeights(weights);
  });
});

test('vjp and jvp are adjoint, in the shapes of the parameters and the logits', () => {
  tidy(() => {
    const weights = draw();
    const { logits, cache } = net.forward(weights, scatteredTensor([6, 2, 2], 1), 'training');
    const u = scatteredTensor([6, 3], 2) as Tensor2D;
    const v = net.parameters.map(({ shape }, i) => scatteredTensor(shape, 3 + i));
    const gradient = net.vjp(weights, cache, u);
    const tangent = net.jvp(weights, cache, v);
    expect(tangent.shape).toEqual(logits.shape);
    expect(gradient.map(({ shape }) => shape)).toEqual(net.parameters.map(({ shape }) => shape));
    const inner = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
    const forward = inner(tangent.dataSync(), u.dataSync());
    const backward = gradient.reduce((sum, g, i) => sum + inner(g.dataSync(), v[i]!.dataSync()), 0);
    // Float32 sums of at most 20 products.
    expect(Math.abs(forward - backward)).toBeLessThan(1e-5 * Math.max(1, Math.abs(forward)));
  });
});

test('second order is vjp, jvp and the derivative of vjp; a layer without the rule leaves the model without', () => {
  tidy(() => {
    const weights = draw();
    const { cache } = net.forward(weights, scatteredTensor([6, 2, 2], 1), 'training');
    const u = scatteredTensor([6, 3], 2) as Tensor2D;
    const v = net.parameters.map(({ shape }, i) => scatteredTensor(shape, 3 + i));
    const pass = net.secondOrder!(weights, cache, u);
    expect(pass.parameters.map((each) => Array.from(each.dataSync()))).toEqual(
      net.vjp(weights, cache, u).map((each) => Array.from(each.dataSync())),
    );
    const { logits, pullBack } = pass.along(v);
    expect(relativeError(logits, net.jvp(weights, cache, v))).toBe(0);
    // Linear in the cotangent: what twice its tangent adds is Jᵀ of that tangent.
    const change = scatteredTensor([6, 3], 9) as Tensor2D;
    const [once, twice] = [pullBack(change), pullBack(mul(change, 2))];
    net.vjp(weights, cache, change).forEach((expected, i) => {
      // The biases before batch norm have none but rounding.
      const distance = Math.max(...abs(sub(sub(twice[i]!, once[i]!), expected)).dataSync());
      expect(distance).toBeLessThan(1e-5);
    });
    expect(() => pass.along(v.slice(1))).toThrow('net: parameterTangents has 5 tensors; expected 6.');
  });
  const { secondOrder: _, ...firstOrder } = relu();
  const layers = [dense({ inputs: 4, outputs: 3 }), firstOrder];
  expect(model({ name: 'own', inputShape: [4], classes: 3, layers }).secondOrder).toBeUndefined();
});

test('layers that do not fit each other or the classes are refused when the model is made', () => {
  const options = { name: 'net', inputShape: [4], classes: 3 };
  expect(() => model({ ...options, layers: [dense({ inputs: 5, outputs: 3 })] })).toThrow(
    'net > dense: input has shape [batch, 4]; expected [batch, 5].',
  );
  expect(() => model({ ...options, layers: [dense({ inputs: 4, outputs: 2 })] })).toThrow(
    'net: layers give [batch, 2]; expected logits [batch, 3]. End with dense({ outputs: 3 }).',
  );
});

test('inputs of another shape or dtype, and weights of another model, are refused', () => {
  tidy(() => {
    const weights = draw();
    const inputs = scatteredTensor([6, 2, 2], 1);
    expect(() => net.forward(weights, scatteredTensor([6, 4], 1), 'training')).toThrow(
      'net: inputs has shape [6, 4]; expected [batch, 2, 2].',
    );
    expect(() => net.predict(weights, cast(inputs, 'int32'))).toThrow(
      new TypeError('net: inputs has dtype int32; expected float32. Normalise the batch, or cast it.'),
    );
    const [first, ...others] = weights.parameters;
    expect(() => net.predict({ ...weights, parameters: others }, inputs)).toThrow(
      'net: weights.parameters has 5 tensors; expected 6.',
    );
    expect(() =>
      net.predict({ ...weights, parameters: [first!, first!, ...others.slice(1)] }, inputs),
    ).toThrow('net: weights.parameters[1] has shape [4, 5]; expected [5] for dense1.bias.');
    const { cache } = net.forward(weights, inputs, 'training');
    expect(() => net.jvp(weights, cache, others)).toThrow(
      'net: parameterTangents has 5 tensors; expected 6.',
    );
  });
});
