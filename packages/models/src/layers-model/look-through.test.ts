import { relativeError } from '@metadistill/testing';
import { sigmoid, slice, softmax, type Tensor, tidy } from '@tensorflow/tfjs-core';
import {
  model as functionalModel,
  input,
  type LayersModel,
  layers,
  type SequentialArgs,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { scatteredTensor } from '../../test/values.js';
import { fromLayersModel } from './from-layers-model.js';

const endingWith = (...last: NonNullable<SequentialArgs['layers']>) =>
  sequential({ layers: [layers.dense({ inputShape: [4], units: 3 }), ...last] });

const apply = (layer: { apply(inputs: never): unknown }, inputs: unknown) =>
  layer.apply(inputs as never) as SymbolicTensor;

/** A model that merges what several layers, made with an activation, give. */
const merging = (
  layer: { apply(inputs: never): unknown },
  units: number,
  activation: 'sigmoid' | 'softmax',
) => {
  const inputs = input({ shape: [4] });
  const branches = ['first', 'second'].map((name) =>
    apply(layers.dense({ units, activation, name }), inputs),
  );
  return functionalModel({ inputs, outputs: apply(layer, branches) });
};

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
  [
    'before a permutation and the pooling of one position',
    () =>
      endingWith(
        layers.reshape({ targetShape: [1, 3] }),
        layers.dense({ units: 2, activation: 'softmax' }),
        layers.permute({ dims: [2, 1] }),
        layers.permute({ dims: [2, 1] }),
        layers.globalAveragePooling1d(),
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

const probabilities = () => layers.dense({ units: 3, activation: 'softmax', name: 'first' });
const rows = () => layers.reshape({ targetShape: [1, 3] });

test.each<[string, () => LayersModel]>([
  ['an ensemble', () => merging(layers.average(), 3, 'softmax')],
  ['a product', () => merging(layers.multiply(), 3, 'softmax')],
  ['a unit per class', () => merging(layers.concatenate(), 1, 'sigmoid')],
  ['dropout', () => endingWith(probabilities(), layers.dropout({ rate: 0.5 }))],
  ['rescaling', () => endingWith(probabilities(), layers.rescaling({ scale: 2 }))],
  ['a ReLU', () => endingWith(probabilities(), layers.reLU({}))],
  ['an ELU', () => endingWith(probabilities(), layers.elu({}))],
  ['a leaky ReLU', () => endingWith(probabilities(), layers.leakyReLU({}))],
  ['a PReLU', () => endingWith(probabilities(), layers.prelu({}))],
  ['a thresholded ReLU', () => endingWith(probabilities(), layers.thresholdedReLU({ theta: 0.1 }))],
  ['an activation', () => endingWith(probabilities(), layers.activation({ activation: 'tanh' }))],
  [
    'its logarithmic softmax',
    () => endingWith(probabilities(), layers.activation({ activation: 'logSoftmax' as 'softmax' })),
  ],
  ['masking', () => endingWith(rows(), probabilities(), layers.masking({}), layers.flatten())],
  [
    'a wrapper',
    () =>
      endingWith(
        rows(),
        probabilities(),
        layers.timeDistributed({ layer: layers.reLU({}) }),
        layers.flatten(),
      ),
  ],
  ['a class of padding', () => padded()],
  ['a mean over positions', () => pooled()],
])('probabilities that are not the last layer are not taken for logits: %s', (_, make) => {
  expect(() => fromLayersModel(make())).toThrow(
    /gives probabilities, made of the s\w+ of first; expected logits. Leave that activation out, or give .* as teacherProbabilities/,
  );
});

const padded = () =>
  endingWith(
    layers.reshape({ targetShape: [1, 1, 3] }),
    probabilities(),
    layers.zeroPadding2d({
      padding: [
        [0, 1],
        [0, 0],
      ],
    }),
    layers.flatten(),
  );
const pooled = () =>
  endingWith(layers.reshape({ targetShape: [3, 1] }), probabilities(), layers.globalAveragePooling1d());

test('a gate is no end: what it multiplies are logits', () => {
  const inputs = input({ shape: [4] });
  const gate = apply(layers.dense({ units: 3, activation: 'sigmoid' }), inputs);
  const outputs = apply(layers.multiply(), [gate, apply(layers.dense({ units: 3 }), inputs)]);
  expect(fromLayersModel(functionalModel({ inputs, outputs })).classes).toBe(3);
});

test.each([
  ['lstm', () => layers.lstm({ units: 3, activation: 'softmax', recurrentInitializer: 'glorotUniform' })],
  [
    'a cell',
    () =>
      layers.rnn({
        cell: layers.gruCell({ units: 3, activation: 'softmax', recurrentInitializer: 'glorotUniform' }),
      }),
  ],
  ['a wrapper', () => layers.timeDistributed({ layer: probabilities() })],
])('probabilities by a layer that TensorFlow.js runs are refused: %s', (_, make) => {
  const layersModel = endingWith(rows(), make() as layers.Layer);
  if (layersModel.outputs[0]!.shape.length > 2) layersModel.add(layers.flatten());
  expect(() => fromLayersModel(layersModel)).toThrow(
    'has the activation softmax, and TensorFlow.js runs it as it is',
  );
});
