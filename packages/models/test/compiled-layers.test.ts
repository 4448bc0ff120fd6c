import { relativeError } from '@metadistill/testing';
import {
  abs,
  concat,
  floor,
  mul,
  reshape,
  type Tensor,
  type Tensor2D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { model as functionalModel, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { fromLayersModel, type Mode } from '../src/index.js';
import {
  approximate,
  compiledModels,
  foreignModels,
  trainedHereAlone,
  wrongOnCpu,
} from './compiled-layers.js';
import { weightsAt } from './expect-derivatives.js';
import { expectModelDerivatives } from './expect-model-derivatives.js';
import { expectNoLeakOfModel } from './expect-no-leak-of.js';
import { expectSamePasses, inputsOf, ROUNDING } from './expect-same-passes.js';
import { onEachBackend } from './on-each-backend.js';
import { tfjsLayersPass } from './tfjs-layers-pass.js';
import { scatteredTensor } from './values.js';

const numbers = (tensors: readonly Tensor[]) => tensors.flatMap((each) => Array.from(each.dataSync()));
const modes: readonly Mode[] = ['training', 'evaluation'];

onEachBackend((backend) => {
  // Without our kernels, wasm has no gradient of a convolution's filter, and a wrong one of pooling.
  describe.skipIf(backend === 'wasm')('logits, statistics and gradients are those of tfjs-layers', () => {
    const compared = Object.entries({ ...compiledModels, ...foreignModels }).filter(
      ([name]) => backend !== 'cpu' || !wrongOnCpu.includes(name),
    );
    test.each(compared)('%s', (_, make) => {
      expectSamePasses(make());
    });
  });

  describe('derivatives of all orders are exact', () => {
    const exact = Object.entries({ ...compiledModels, ...trainedHereAlone }).filter(
      ([name]) => !approximate.includes(name),
    );
    test.each(exact)('%s', async (_, make) => {
      const layersModel = make();
      const model = fromLayersModel(layersModel);
      expect(model.compilation.filter(({ by }) => by !== 'rules')).toEqual([]);
      for (const mode of modes) {
        // Dropout's masks belong to a tensor of inputs, or here to the seed of the layer.
        await expectModelDerivatives(
          model,
          () => weightsAt(model),
          mode,
          () => inputsOf(layersModel, model.inputShape),
        );
      }
    });
  });
});

test.each(Object.entries(trainedHereAlone))('%s predicts what tfjs-layers predicts', (_, make) => {
  const layersModel = make();
  tidy(() => {
    const model = fromLayersModel(layersModel);
    const inputs = scatteredTensor([4, ...model.inputShape], 1);
    const expected = layersModel.predict(inputs) as Tensor;
    const got = model.predict(
      model.initialize(() => 0),
      inputs,
    );
    expect(relativeError(got, expected)).toBeLessThan(ROUNDING);
  });
});

test('a mask made in a model within the model stays in it, as by tfjs-layers', () => {
  const [x, words] = [input({ shape: [4] }), input({ shape: [4] })];
  const embedding = layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true });
  const encoder = functionalModel({ inputs: words, outputs: embedding.apply(words) as SymbolicTensor });
  const lstm = layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform' });
  const outputs = lstm.apply(encoder.apply(x)) as SymbolicTensor;
  const layersModel = functionalModel({ inputs: x, outputs });
  const model = fromLayersModel(layersModel);
  tidy(() => {
    const weights = model.initialize(() => 0);
    const inputs = tensor2d([[1, 2, 0, 0]]);
    const cotangent = scatteredTensor([1, 3], 3) as Tensor2D;
    const training = tfjsLayersPass(layersModel, weights, [inputs], 'training', cotangent);
    const got = model.forward(weights, inputs, 'training');
    expect(relativeError(got.logits, training.logits)).toBeLessThan(ROUNDING);
    const gradient = model.vjp(weights, got.cache, cotangent);
    expect(relativeError(numbers(gradient), numbers(training.gradient))).toBeLessThan(ROUNDING);
    const predicted = layersModel.predict(inputs) as Tensor;
    expect(relativeError(model.predict(weights, inputs), predicted)).toBeLessThan(ROUNDING);
    const evaluated = model.forward(weights, inputs, 'evaluation');
    expect(numbers(model.vjp(weights, evaluated.cache, cotangent)).every(Number.isFinite)).toBe(true);
  });
  expectNoLeakOfModel(model);
});

test('several inputs are one row per example, in the order of the model', () => {
  const [image, words] = [input({ shape: [3, 3, 2] }), input({ shape: [4], dtype: 'int32' })];
  const pooled = layers.globalAveragePooling2d({}).apply(image) as SymbolicTensor;
  const embedded = layers.embedding({ inputDim: 5, outputDim: 3 }).apply(words) as SymbolicTensor;
  const both = layers.concatenate().apply([layers.flatten().apply(embedded) as SymbolicTensor, pooled]);
  const outputs = layers.dense({ units: 3 }).apply(both) as SymbolicTensor;
  const layersModel = functionalModel({ inputs: [image, words], outputs });
  const model = fromLayersModel(layersModel);
  expect(model.inputShape).toEqual([22]);
  tidy(() => {
    const weights = weightsAt(model);
    const given = [scatteredTensor([4, 3, 3, 2], 1), floor(mul(abs(scatteredTensor([4, 4], 2)), 5))] as const;
    const row = concat([reshape(given[0], [4, 18]), given[1]], 1);
    const cotangent = scatteredTensor([4, 3], 3) as Tensor2D;
    const expected = tfjsLayersPass(layersModel, weights, given, 'training', cotangent);
    const { logits, cache } = model.forward(weights, row, 'training');
    expect(relativeError(logits, expected.logits)).toBeLessThan(ROUNDING);
    const gradient = model.vjp(weights, cache, cotangent);
    expect(relativeError(numbers(gradient), numbers(expected.gradient))).toBeLessThan(ROUNDING);
  });
  expectNoLeakOfModel(model);
});

describe.each(Object.entries({ ...compiledModels, ...foreignModels }))('%s', (_, make) => {
  test('leaves nothing behind and the LayersModel as it was', () => {
    const layersModel = make();
    const before = numbers(layersModel.getWeights());
    expectNoLeakOfModel(fromLayersModel(layersModel));
    expect(numbers(layersModel.getWeights())).toEqual(before);
  });
});
