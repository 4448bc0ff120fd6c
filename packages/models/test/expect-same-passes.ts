import { relativeError } from '@metadistill/testing';
import { abs, floor, mul, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { fromLayersModel, type LayersModel } from '../src/index.js';
import { weightsAt } from './expect-derivatives.js';
import { tfjsLayersPass } from './tfjs-layers-pass.js';
import { scatteredTensor } from './values.js';

const numbers = (tensors: readonly Tensor[]) => tensors.flatMap((each) => Array.from(each.dataSync()));

/** Four examples; of an embedding, numbers of words. */
export function inputsOf(layersModel: LayersModel, inputShape: readonly number[]): Tensor {
  const values = scatteredTensor([4, ...inputShape], 1);
  const isText = layersModel.layers.some((layer) => layer.getClassName() === 'Embedding');
  return isText ? floor(mul(abs(values), 5)) : values;
}

/** Two ways to the same sums, in float32. */
export const ROUNDING = 2e-5;

/** Logits, statistics and gradients of a compiled model against those of tfjs-layers, in both modes. */
export function expectSamePasses(layersModel: LayersModel): void {
  const model = fromLayersModel(layersModel);
  tidy(() => {
    const weights = weightsAt(model);
    const inputs = inputsOf(layersModel, model.inputShape);
    const cotangent = scatteredTensor([4, model.classes], 2) as Tensor2D;
    for (const mode of ['training', 'evaluation'] as const) {
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
