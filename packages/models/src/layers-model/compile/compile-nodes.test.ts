import { expectNoLeak, relativeError, toNumbers } from '@metadistill/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { scatteredTensor } from '../../../test/values.js';
import { disposeWeights } from '../../tensors.js';
import { fromLayersModel } from '../from-layers-model.js';

type Layer = ReturnType<typeof layers.dense>;

const apply = (layer: object, to: SymbolicTensor | SymbolicTensor[]) =>
  (layer as Layer).apply(to) as SymbolicTensor;
const logits = () => layers.dense({ units: 3 });

/** What the model predicts is what its LayersModel does, and nothing leaks. */
async function expectSame(layersModel: LayersModel, ...parts: tf.Tensor[]): Promise<void> {
  const compiled = fromLayersModel(layersModel);
  const rows = parts.map((part) => tf.reshape(part, [part.shape[0]!, -1]));
  const x = parts.length === 1 ? parts[0]! : tf.concat(rows, 1);
  const weights = compiled.initialize(() => 0);
  await expectNoLeak(() =>
    tf.tidy(() => {
      const expected = layersModel.predict(parts.length === 1 ? x : parts) as tf.Tensor;
      // Two orders of float32 sums of some ten values.
      expect(relativeError(compiled.predict(weights, x), expected)).toBeLessThan(1e-5);
      if (compiled.untrainable !== undefined) return;
      const { cache } = compiled.forward(weights, x, 'training');
      const gradient = compiled.vjp(weights, cache, tf.onesLike(expected) as tf.Tensor2D);
      expect(gradient.map(({ shape }) => shape)).toEqual(compiled.parameters.map(({ shape }) => shape));
    }),
  );
  await expectNoLeak(() => compiled.predict(weights, x).dispose());
  tf.dispose([rows, parts, x]);
  disposeWeights(weights);
}

/** Reads whole numbers alone. */
class OneHot extends layers.Layer {
  static className = 'OneHot';
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return tf.reshape(tf.oneHot(tf.reshape([inputs].flat()[0]!, [-1]), 5), [-1, 15]);
  }
  override computeOutputShape([batch]: (number | null)[]) {
    return [batch!, 15];
  }
}

describe('an input of int32', () => {
  const integers = () => input({ shape: [3], dtype: 'int32' });
  const fractions = () => tf.tensor2d([0.5, 1.9, 2, 3, 4.2, 0], [2, 3]);

  test('loses fractions, as in tfjs-layers', async () => {
    const x = integers();
    await expectSame(model({ inputs: x, outputs: apply(logits(), x) }), fractions());
    const [y, z] = [integers(), input({ shape: [3] })];
    const both = apply(
      layers.concatenate(),
      [y, z].map((each) => apply(layers.dense({ units: 4 }), each)),
    );
    await expectSame(model({ inputs: [z, y], outputs: apply(logits(), both) }), fractions(), fractions());
  });

  test('reaches a layer that TensorFlow.js runs as whole numbers, and no layer behind it', async () => {
    const x = integers();
    const outputs = apply(logits(), apply(new OneHot({}), x));
    await expectSame(model({ inputs: x, outputs }), fractions());
  });

  test('of a model within the model cuts fractions off too', async () => {
    const y = integers();
    const inner = model({ inputs: y, outputs: apply(layers.dense({ units: 4 }), y) });
    const x = input({ shape: [3] });
    const halved = apply(layers.rescaling({ scale: 0.5 }), x);
    await expectSame(model({ inputs: x, outputs: apply(logits(), apply(inner, halved)) }), fractions());
    const z = integers();
    const layersModel = model({ inputs: z, outputs: apply(logits(), apply(inner, z)) });
    expect(fromLayersModel(layersModel).compilation.map(({ by }) => by)).toEqual(['rules', 'rules']);
    await expectSame(layersModel, fractions());
  });
});

describe('inputs that no layer reads', () => {
  test('leak nothing', async () => {
    const [x, y] = [input({ shape: [4] }), input({ shape: [2] })];
    const layersModel = model({ inputs: [x, y], outputs: apply(logits(), x) });
    await expectSame(layersModel, scatteredTensor([3, 4], 1), scatteredTensor([3, 2], 2));
  });

  test.each([0, 1])('of a model within the model: input %d of two is ignored', async (ignored) => {
    const pair = [input({ shape: [4] }), input({ shape: [4] })];
    const inner = model({ inputs: pair, outputs: apply(layers.dense({ units: 4 }), pair[1 - ignored]!) });
    const x = input({ shape: [4] });
    const given = [x, x].map((each) => apply(layers.dense({ units: 4 }), each));
    const layersModel = model({ inputs: x, outputs: apply(logits(), apply(inner, given)) });
    await expectSame(layersModel, scatteredTensor([3, 4], 1));
  });

  test.each([0, 1])('nor at the end of a model within the model, which gives its input %d', async (given) => {
    const pair = [input({ shape: [4] }), input({ shape: [4] })];
    const inner = model({ inputs: pair, outputs: pair[given]! });
    const x = input({ shape: [4] });
    const both = [1, 2].map(() => apply(layers.dense({ units: 4 }), x));
    await expectSame(model({ inputs: x, outputs: apply(inner, both) }), scatteredTensor([3, 4], 1));
  });
});

describe('what tfjs-layers takes and rules of ours do not is left to it', () => {
  test.each<[string, () => object]>([
    ['a negative threshold', () => layers.thresholdedReLU({ theta: -0.5 })],
    ['a momentum above 1', () => layers.batchNormalization({ momentum: 1.5 })],
    ['a negative epsilon', () => layers.batchNormalization({ epsilon: -1e-4 })],
    ['a negative epsilon of layer norm', () => layers.layerNormalization({ epsilon: -1e-4 })],
  ])('%s', async (_, make) => {
    const layersModel = sequential({
      layers: [layers.dense({ units: 4, inputShape: [4] }), make() as Layer, logits()],
    });
    expect(fromLayersModel(layersModel).compilation.map(({ by }) => by)).toEqual([
      'rules',
      'tensorflow',
      'rules',
    ]);
    await expectSame(layersModel, scatteredTensor([3, 4], 1));
  });

  test('a model that gives its input', async () => {
    const x = input({ shape: [3] });
    const layersModel = model({ inputs: x, outputs: x });
    expect(fromLayersModel(layersModel).untrainable).toMatch('has 0 trainable weights');
    await expectSame(layersModel, scatteredTensor([2, 3], 1));
  });
});

test('a pass that fails leaves no tensor', async () => {
  class Failing extends layers.Layer {
    static className = 'Failing';
    override call(): tf.Tensor {
      tf.zeros([2]);
      throw new Error('no kernel');
    }
  }
  const layersModel = sequential({
    layers: [layers.dense({ units: 4, inputShape: [4] }), new Failing({}) as never, logits()],
  });
  const compiled = fromLayersModel(layersModel);
  const [weights, x] = [compiled.initialize(() => 0), scatteredTensor([2, 4], 1)];
  const own = toNumbers(layersModel.getWeights()[0]!);
  await expectNoLeak(() => {
    expect(() => compiled.predict(weights, x)).toThrow('no kernel');
    expect(() => compiled.forward(weights, x, 'training')).toThrow('no kernel');
  });
  expect(toNumbers(layersModel.getWeights()[0]!)).toEqual(own);
  disposeWeights(weights);
  x.dispose();
});
