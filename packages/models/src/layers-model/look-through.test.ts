import { relativeError } from '@metadistill/testing';
import { sigmoid, slice, softmax, type Tensor, tidy } from '@tensorflow/tfjs-core';
import {
  model as functionalModel,
  input,
  type LayersModel,
  layers,
  type SequentialArgs,
  sequential,
} from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { scatteredTensor } from '../../test/values.js';
import { fromLayersModel } from './from-layers-model.js';

const endingWith = (...last: NonNullable<SequentialArgs['layers']>) =>
  sequential({ layers: [layers.dense({ inputShape: [4], units: 3 }), ...last] });

/** Models with a softmax at the end, and how many layers of its own it is. */
const ends: readonly [string, () => LayersModel][] = [
  ['an activation', () => endingWith(layers.dense({ units: 2, activation: 'softmax' }))],
  ['a layer', () => endingWith(layers.softmax())],
  ['an activation layer', () => endingWith(layers.activation({ activation: 'softmax' }))],
  [
    'a model within the model',
    () => endingWith(sequential({ layers: [layers.softmax({ inputShape: [3] })] })),
  ],
  [
    'a functional model',
    () => {
      const inputs = input({ shape: [4] });
      const last = layers.dense({ units: 2, activation: 'softmax' });
      return functionalModel({ inputs, outputs: last.apply(inputs) as typeof inputs });
    },
  ],
  [
    'before a reshape',
    () =>
      endingWith(
        layers.reshape({ targetShape: [1, 1, 3] }),
        layers.conv2d({ filters: 2, kernelSize: 1, activation: 'softmax' }),
        layers.reshape({ targetShape: [1, 2] }),
        layers.activation({ activation: 'linear' }),
        layers.flatten(),
      ),
  ],
];

test.each(ends)('a softmax at the end is looked through: %s', (_, make) => {
  const layersModel = make();
  const model = fromLayersModel(layersModel);
  expect(model.compilation.filter(({ lookedThrough }) => lookedThrough === 'softmax')).toHaveLength(1);
  tidy(() => {
    const inputs = scatteredTensor([5, 4], 1);
    const logits = model.predict(
      model.initialize(() => 0),
      inputs,
    );
    // Its own answers are the softmax of what the model gives.
    const own = layersModel.predict(inputs) as Tensor;
    expect(relativeError(softmax(logits), own)).toBeLessThan(1e-6);
    expect(relativeError(softmax(logits), logits)).toBeGreaterThan(0.1);
  });
});

test('one sigmoid unit is two classes, several are logits', () => {
  const inputs = scatteredTensor([5, 4], 1);
  for (const units of [1, 3]) {
    const layersModel = endingWith(layers.dense({ units, activation: 'sigmoid' }));
    const model = fromLayersModel(layersModel);
    expect(model.classes).toBe(units === 1 ? 2 : 3);
    tidy(() => {
      const weights = model.initialize(() => 0);
      const logits = model.predict(weights, inputs);
      const own = layersModel.predict(inputs) as Tensor;
      const got = units === 1 ? slice(softmax(logits), [0, 1], [5, 1]) : sigmoid(logits);
      expect(relativeError(got, own)).toBeLessThan(1e-6);
      const { cache } = model.forward(weights, inputs, 'training');
      expect(model.vjp(weights, cache, logits)).toHaveLength(4);
    });
  }
  inputs.dispose();
});

test('what cannot be looked through is refused', () => {
  const several = endingWith(
    layers.reshape({ targetShape: [3, 1] }),
    layers.dense({ units: 2, activation: 'softmax', name: 'probabilities' }),
    layers.flatten(),
  );
  expect(() => fromLayersModel(several)).toThrow(
    'fromLayersModel: the softmax of probabilities gives [batch, 3, 2], several distributions for an example',
  );
});
