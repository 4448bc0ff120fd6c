import { expectNoLeak, relativeError, toNumbers } from '@metadistill/testing';
import { add, ones, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { scatteredTensor } from '../../test/values.js';
import { disposeWeights } from '../tensors.js';
import { fromLayersModel } from './from-layers-model.js';
import { assignWeights, weightsOf } from './layers-model-weights.js';

type Layer = ReturnType<typeof layers.dense>;

const plain = (units: number, more: object = {}) => layers.dense({ units, useBias: false, ...more });
const predicted = (layersModel: LayersModel) =>
  tidy(() => toNumbers(layersModel.predict(scatteredTensor([2, 4], 1)) as Tensor));

/** Gives every weight values of its own, all of them above 1, so that no variance is negative. */
const scatter = (layersModel: LayersModel) =>
  tidy(() => {
    for (const [i, weight] of layersModel.weights.entries()) {
      weight.write(add(scatteredTensor(weight.shape as number[], i), 3));
    }
  });

/** A layer in two models within the model. */
function sharedBetween(shared: Layer): LayersModel {
  const branch = (activation: 'relu' | 'tanh') => {
    const x = input({ shape: [4] });
    const y = layers.activation({ activation }).apply(shared.apply(x)) as SymbolicTensor;
    return model({ inputs: x, outputs: y });
  };
  const x = input({ shape: [4] });
  const both = [branch('relu').apply(x), branch('tanh').apply(x)] as SymbolicTensor[];
  const merged = layers.add().apply(both) as SymbolicTensor;
  return model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(merged) as SymbolicTensor });
}

describe('a layer in two models within the model', () => {
  test('is listed, trained and assigned once', async () => {
    const shared = layers.dense({ units: 4 });
    const layersModel = sharedBetween(shared);
    const compiled = fromLayersModel(layersModel);
    expect(compiled.parameters).toHaveLength(4);
    const x = scatteredTensor([3, 4], 1);
    await expectNoLeak(() =>
      tidy(() => {
        const weights = compiled.initialize(() => 0);
        const { cache } = compiled.forward(weights, x, 'training');
        const gradient = compiled.vjp(weights, cache, ones([3, 2]) as Tensor2D);
        expect(gradient.map((each) => toNumbers(each).some((value) => value !== 0))).not.toContain(false);
        const parameters = weights.parameters.map((each, i) => add(each, gradient[i]!));
        assignWeights(layersModel, { parameters, statistics: [] });
        expect(toNumbers(shared.getWeights()[0]!)).toEqual(toNumbers(parameters[0]!));
        const own = toNumbers(layersModel.predict(x) as Tensor);
        // Sums of four float32 products.
        expect(relativeError(compiled.predict({ parameters, statistics: [] }, x), own)).toBeLessThan(1e-6);
      }),
    );
  });

  test('moves its statistics as one, and leaks nothing', async () => {
    const layersModel = sharedBetween(layers.batchNormalization({ momentum: 0.5 }) as never);
    const compiled = fromLayersModel(layersModel);
    expect([compiled.parameters.length, compiled.statistics.length]).toEqual([4, 2]);
    await expectNoLeak(() =>
      tidy(() => {
        const weights = compiled.initialize(() => 0);
        const { statistics } = compiled.forward(weights, ones([3, 4]), 'training');
        // Twice half of the way from 0 to 1.
        expect(toNumbers(statistics[0]!)).toEqual([0.75, 0.75, 0.75, 0.75]);
      }),
    );
  });
});

describe('weights of a model', () => {
  const frozenBase = () => {
    const base = sequential({
      layers: [layers.batchNormalization({ inputShape: [4] }), plain(4), layers.batchNormalization()],
    });
    base.trainable = false;
    return base;
  };

  test('keep their order when the model is built, so that those of a frozen base stay where they are', () => {
    const layersModel = sequential({ layers: [frozenBase(), layers.dense({ units: 3 })] });
    scatter(layersModel);
    const compiled = fromLayersModel(layersModel);
    const [before, again] = [weightsOf(layersModel), compiled.initialize(() => 0)];
    const own = predicted(layersModel);
    assignWeights(layersModel, before);
    expect(predicted(layersModel)).toEqual(own);
    assignWeights(layersModel, again);
    expect(predicted(layersModel)).toEqual(own);
    expect(fromLayersModel(layersModel).statistics.map(({ shape }) => shape)).toEqual(
      compiled.statistics.map(({ shape }) => shape),
    );
    const later = fromLayersModel(layersModel).initialize(() => 0);
    expect(later.statistics.map(toNumbers)).toEqual(before.statistics.map(toNumbers));
    for (const each of [before, again, later]) disposeWeights(each);
  });

  test('go back where they were taken from, whichever layer is frozen since', () => {
    const layersModel = sequential({
      layers: [plain(4, { inputShape: [4] }), plain(4), layers.dense({ units: 2 })],
    });
    const [first, second] = layersModel.layers as [Layer, Layer];
    first.trainable = false;
    const compiled = fromLayersModel(layersModel);
    const weights = compiled.initialize(() => 0);
    const own = predicted(layersModel);
    first.trainable = true;
    second.trainable = false;
    const later = compiled.initialize(() => 0);
    expect(later.statistics.map(toNumbers)).toEqual(weights.statistics.map(toNumbers));
    for (const each of [weights, later, weightsOf(layersModel)]) assignWeights(layersModel, each);
    expect(predicted(layersModel)).toEqual(own);
    second.trainable = true;
    assignWeights(layersModel, weights);
    expect(predicted(layersModel)).toEqual(own);

    second.trainable = false;
    fromLayersModel(layersModel);
    compiled.assign(weights);
    expect(predicted(layersModel)).toEqual(own);
    for (const each of [weights, later]) disposeWeights(each);
  });

  test('are listed anew once the model has more layers', () => {
    const layersModel = sequential({ layers: [plain(4, { inputShape: [4] })] });
    fromLayersModel(layersModel);
    layersModel.add(plain(2));
    const weights = weightsOf(layersModel);
    expect(weights.parameters).toHaveLength(2);
    disposeWeights(weights);
  });
});
