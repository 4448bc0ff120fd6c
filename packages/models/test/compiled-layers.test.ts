import { relativeError } from '@metadistill/testing';
import { type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { fromLayersModel, type LayersModel, type Mode } from '../src/index.js';
import { approximate, compiledModels, foreignModels } from './compiled-layers.js';
import { weightsAt } from './expect-derivatives.js';
import { expectModelDerivatives } from './expect-model-derivatives.js';
import { expectNoLeakOfModel } from './expect-no-leak-of.js';
import { onEachBackend } from './on-each-backend.js';
import { tfjsLayersPass } from './tfjs-layers-pass.js';
import { scatteredTensor } from './values.js';

const numbers = (tensors: readonly Tensor[]) => tensors.flatMap((each) => Array.from(each.dataSync()));
const modes: readonly Mode[] = ['training', 'evaluation'];

/** Two ways to the same sums, in float32. */
const ROUNDING = 2e-5;

function expectSamePasses(layersModel: LayersModel): void {
  const model = fromLayersModel(layersModel);
  tidy(() => {
    const weights = weightsAt(model);
    const inputs = scatteredTensor([4, ...model.inputShape], 1);
    const cotangent = scatteredTensor([4, model.classes], 2) as Tensor2D;
    for (const mode of modes) {
      const expected = tfjsLayersPass(layersModel, weights, [inputs], mode, cotangent);
      const { logits, cache, statistics } = model.forward(weights, inputs, mode);
      expect(relativeError(logits, expected.logits), `${mode}: logits`).toBeLessThan(ROUNDING);
      const gradient = model.vjp(weights, cache, cotangent);
      expect(relativeError(numbers(gradient), numbers(expected.gradient)), `${mode}: gradient`).toBeLessThan(
        ROUNDING,
      );
      const wanted = numbers(expected.statistics);
      expect(relativeError(numbers(statistics), wanted), `${mode}: statistics`).toBeLessThan(ROUNDING);
      if (mode === 'evaluation') {
        expect(relativeError(model.predict(weights, inputs), expected.logits)).toBeLessThan(ROUNDING);
      }
    }
  });
}

onEachBackend((backend) => {
  // Without our kernels, wasm has no gradient of a convolution's filter, and a wrong one of pooling.
  describe.skipIf(backend === 'wasm')('logits, statistics and gradients are those of tfjs-layers', () => {
    test.each(Object.entries({ ...compiledModels, ...foreignModels }))('%s', (_, make) => {
      expectSamePasses(make());
    });
  });

  describe('derivatives of all orders are exact', () => {
    const exact = Object.entries(compiledModels).filter(([name]) => !approximate.includes(name));
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
          () => scatteredTensor([4, ...model.inputShape], 1),
        );
      }
    });
  });
});

describe.each(Object.entries({ ...compiledModels, ...foreignModels }))('%s', (_, make) => {
  test('leaves nothing behind and the LayersModel as it was', () => {
    const layersModel = make();
    const before = numbers(layersModel.getWeights());
    expectNoLeakOfModel(fromLayersModel(layersModel));
    expect(numbers(layersModel.getWeights())).toEqual(before);
  });
});
