import { torchRandom } from '@metadistill/datasets';
import { expectNoLeak, relativeError } from '@metadistill/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functionalModel,
  input,
  type LayersModel,
  layers,
  type SequentialArgs,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test, vi } from 'vitest';
import { expectNoLeakOfModel } from '../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../test/on-each-backend.js';
import { scatteredTensor } from '../../test/values.js';
import { relu } from '../layers/activations/relu.js';
import { conv2d } from '../layers/convolution/conv2d.js';
import { dense } from '../layers/dense/dense.js';
import { batchNorm } from '../layers/normalization/batch-norm.js';
import { maxPool2d } from '../layers/pooling/max-pool2d.js';
import { flatten } from '../layers/shape/flatten.js';
import { model } from '../model.js';
import { scoped } from '../scoped.js';
import { disposeWeights } from '../tensors.js';
import type { Weights } from '../types.js';
import { fromLayersModel } from './from-layers-model.js';
import { assignWeights, weightsOf } from './layers-model-weights.js';

const { tidy } = tf;

/** A layer of several outputs, so that TensorFlow.js runs the model as a whole. */
class Halves extends layers.Layer {
  static className = 'Halves';
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    const x = [inputs].flat()[0]!;
    return [tf.clone(x), tf.clone(x)];
  }
  override computeOutputShape(shape: (number | null)[]) {
    return [shape, shape];
  }
}

const numbers = (tensors: readonly tf.Tensor[]) => tensors.flatMap((each) => Array.from(each.dataSync()));

/** One architecture, in Keras' layers and in ours; images and kernels are laid out alike. */
const kerasNet = () =>
  sequential({
    layers: [
      layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3 }),
      layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
      layers.reLU(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 4 }),
    ],
  });
const ourNet = model({
  name: 'ours',
  inputShape: [6, 6, 2],
  classes: 4,
  layers: [
    conv2d({ inputs: 2, outputs: 3, kernelSize: 3 }),
    batchNorm({ channels: 3 }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dense({ inputs: 12, outputs: 4 }),
  ],
});

onEachBackend((backend) => {
  // Without our kernels, wasm has no gradient of a convolution's filter, and a wrong one of pooling.
  describe.skipIf(backend === 'wasm')('a LayersModel and our layers of one architecture', () => {
    test.each(['training', 'evaluation'] as const)('give one result in %s mode', (mode) => {
      const keras = fromLayersModel(kerasNet());
      expect(keras.parameters.map(({ shape }) => shape)).toEqual(ourNet.parameters.map(({ shape }) => shape));
      const weights = ourNet.initialize(torchRandom(1).uniform);
      const inputs = scatteredTensor([5, 6, 6, 2], 1);
      tidy(() => {
        const [theirs, ours] = [keras, ourNet].map((each) => {
          const pass = each.forward(weights, inputs, mode);
          const gradient = each.vjp(weights, pass.cache as never, scatteredTensor([5, 4], 2) as tf.Tensor2D);
          return { ...pass, gradient };
        });
        // Two float32 computations that sum in other orders.
        expect(relativeError(theirs!.logits, ours!.logits)).toBeLessThan(2e-6);
        expect(relativeError(numbers(theirs!.gradient), numbers(ours!.gradient))).toBeLessThan(5e-6);
        const [mean, variance] = theirs!.statistics;
        const [ourMean, ourVariance] = ours!.statistics;
        expect(relativeError(mean!, ourMean!)).toBeLessThan(1e-5);
        // Keras moves to the biased variance of the 5 · 4 · 4 values: r ← 0.9 r + 0.1 s (n − 1)/n from r = 1.
        const unbiased = numbers([ourVariance!]);
        const biased = unbiased.map((value) => 0.9 + ((value - 0.9) * 79) / 80);
        expect(relativeError(variance!, mode === 'training' ? biased : unbiased)).toBeLessThan(1e-6);
        expect(keras.predict(weights, inputs).dataSync()).toEqual(
          keras.forward(weights, inputs, 'evaluation').logits.dataSync(),
        );
      });
      disposeWeights(weights);
      inputs.dispose();
    });
  });
});

describe('the LayersModel that is adapted', () => {
  test('keeps its weights, moving statistics included, whatever passes are made, and leaks nothing', () => {
    const layersModel = kerasNet();
    const adapted = fromLayersModel(layersModel);
    const before = numbers(layersModel.getWeights());
    const weights = ourNet.initialize(torchRandom(1).uniform);
    const inputs = scatteredTensor([5, 6, 6, 2], 1);
    expectNoLeakOfModel(adapted);
    expect(numbers(layersModel.getWeights())).toEqual(before);
    const wrong = { parameters: weights.parameters.slice(1), statistics: weights.statistics };
    expect(() => adapted.forward(wrong, inputs, 'training')).toThrow(
      'expected 6. Are they of another model?',
    );
    expect(numbers(layersModel.getWeights())).toEqual(before);
  });

  test('gives its weights and takes others', async () => {
    const layersModel = kerasNet();
    const inputs = scatteredTensor([5, 6, 6, 2], 1);
    await expectNoLeak(() => {
      const { initialize, forward } = fromLayersModel(layersModel);
      const start = initialize(() => 0);
      expect(numbers([...start.parameters, ...start.statistics])).toEqual(numbers(layersModel.getWeights()));
      const { logits, statistics } = scoped(() => {
        const { logits, statistics } = forward(start, inputs, 'training');
        return { logits, statistics };
      });
      const trained: Weights = {
        parameters: start.parameters.map((each) => tf.add(each, 0.1)),
        statistics,
      };
      const before = numbers([...trained.parameters, ...trained.statistics]);
      assignWeights(layersModel, trained);
      disposeWeights(start);
      disposeWeights(trained);
      logits.dispose();
      const held = weightsOf(layersModel);
      expect(numbers([...held.parameters, ...held.statistics])).toEqual(before);
      expect(() => assignWeights(layersModel, { ...held, statistics: [] })).toThrow(
        'weights.statistics has 0 tensors; expected 2',
      );
      disposeWeights(held);
    });
  });

  test('is left as it was by weights that were disposed of', () => {
    const layersModel = kerasNet();
    const weights = weightsOf(layersModel);
    const before = numbers(layersModel.getWeights());
    weights.statistics[1]!.dispose();
    expect(() => assignWeights(layersModel, weights)).toThrow(
      'assignWeights: weights.statistics[1] is disposed of; expected live tensors. Keep a copy by cloneWeights()',
    );
    expect(numbers(layersModel.getWeights())).toEqual(before);
    tf.dispose([...weights.parameters, weights.statistics[0]!]);
  });

  test('is not passed through if its layers are known: a forward pass serves all derivatives', () => {
    const layersModel = kerasNet();
    const { forward, predict, vjp, jvp, secondOrder, initialize, compilation } = fromLayersModel(layersModel);
    expect(compilation.map(({ className, by }) => [className, by])).toEqual([
      ['Conv2D', 'rules'],
      ['BatchNormalization', 'rules'],
      ['ReLU', 'rules'],
      ['MaxPooling2D', 'rules'],
      ['Flatten', 'rules'],
      ['Dense', 'rules'],
    ]);
    const passes = layersModel.layers.map((layer) => vi.spyOn(layer, 'call'));
    tidy(() => {
      const weights = initialize(() => 0);
      const inputs = scatteredTensor([5, 6, 6, 2], 1);
      const { cache, logits } = forward(weights, inputs, 'training');
      vjp(weights, cache, logits);
      jvp?.(weights, cache, weights.parameters);
      secondOrder?.(weights, cache, logits).along(weights.parameters);
      predict(weights, inputs);
    });
    expect(passes.map((each) => each.mock.calls.length)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('is passed through by the layers that are not known, and once more by each vjp', () => {
    const rnn = layers.simpleRNN({ inputShape: [3, 2], units: 4, recurrentInitializer: 'glorotUniform' });
    const layersModel = sequential({ layers: [rnn, layers.dense({ units: 3 })] });
    const model = fromLayersModel(layersModel);
    expect(model.compilation).toEqual([
      {
        layer: rnn.name,
        className: 'SimpleRNN',
        by: 'tensorflow',
        cost: expect.stringContaining('Each backward pass repeats its forward pass'),
      },
      { layer: layersModel.layers[1]!.name, className: 'Dense', by: 'rules' },
    ]);
    expect(['jvp', 'secondOrder'].filter((rule) => rule in model)).toEqual([]);
    const passes = vi.spyOn(rnn, 'call');
    tidy(() => {
      const weights = model.initialize(() => 0);
      const inputs = scatteredTensor([5, 3, 2], 1);
      const { cache, logits } = model.forward(weights, inputs, 'training');
      expect(passes).toHaveBeenCalledTimes(1);
      model.vjp(weights, cache, logits);
      model.vjp(weights, cache, logits);
      expect(passes).toHaveBeenCalledTimes(3);
      model.predict(weights, inputs);
      expect(passes).toHaveBeenCalledTimes(4);
    });
  });

  test('runs by its own call what overrides that of a known layer', () => {
    const plain = layers.dense({ units: 3 });
    class Doubled extends (plain.constructor as new (args: object) => typeof plain) {
      override call(inputs: tf.Tensor, kwargs: object) {
        return tidy(() => tf.mul(super.call(inputs, kwargs) as tf.Tensor, 2));
      }
    }
    const doubled = new Doubled({ inputShape: [2], units: 3 });
    const keras = sequential({ layers: [doubled, layers.dense({ units: 2 })] });
    const adapted = fromLayersModel(keras);
    expect(adapted.compilation.map(({ by }) => by)).toEqual(['tensorflow', 'rules']);
    tidy(() => {
      const inputs = scatteredTensor([4, 2], 1);
      const ours = adapted.predict(weightsOf(keras), inputs);
      expect(relativeError(ours, keras.predict(inputs) as tf.Tensor)).toBeLessThan(1e-6);
    });
  });

  test('keeps frozen layers out of the parameters', () => {
    const layersModel = kerasNet();
    layersModel.layers[0]!.trainable = false;
    const { parameters, statistics } = fromLayersModel(layersModel);
    expect([parameters.length, statistics.length]).toEqual([4, 4]);
  });
});

describe('dropout', () => {
  // logits = kernel · masked inputs; with inputs and cotangents of ones, the gradient counts the values kept.
  const dropoutNet = (rate = 0.5, seed?: number) =>
    sequential({
      layers: [
        layers.dropout({ inputShape: [64], rate, ...(seed !== undefined && { seed }) }),
        sequential({ layers: [layers.dropout({ inputShape: [64], rate })] }),
        layers.dense({ units: 1, useBias: false, kernelInitializer: 'ones' }),
      ],
    });
  const inputs = tf.ones([3, 64]);

  test('has one mask in all passes over a batch, and in their derivatives', () => {
    const { forward, vjp, initialize } = fromLayersModel(dropoutNet(), { uniform: torchRandom(1).uniform });
    tidy(() => {
      const weights = initialize(() => 0);
      const point = forward(weights, inputs, 'training');
      const other = forward(weights, tf.ones([3, 64]), 'training');
      for (const { logits, cache } of [point, other, point]) {
        // The logits are linear in the kernel, which is ones: each is the sum of its row's mask.
        const [kernelGradient] = vjp(weights, cache, tf.ones([3, 1]));
        expect(numbers([tf.sum(kernelGradient!)])).toEqual(numbers([tf.sum(logits)]));
      }
      const moved = { ...weights, parameters: weights.parameters.map((each) => tf.mul(each, 2)) };
      const twice = forward(moved, inputs, 'training');
      expect(numbers([twice.logits])).toEqual(numbers([tf.mul(point.logits, 2)]));
    });
  });

  test('drops other values in another batch, by the sampler alone', () => {
    const draws = () => {
      const { forward, initialize } = fromLayersModel(dropoutNet(), { uniform: torchRandom(1).uniform });
      return tidy(() => {
        const weights = initialize(() => 0);
        const batches = [inputs, tf.clone(inputs), inputs];
        return batches.map((batch) => String(forward(weights, batch, 'training').logits.dataSync()));
      });
    };
    const [first, second, again] = draws();
    expect(first).not.toBe(second);
    expect(again).toBe(first);
    expect(draws()).toEqual([first, second, first]);
  });

  test('drops each value with the probability that the layers say, and none in evaluation mode', () => {
    const { forward, initialize, predict } = fromLayersModel(dropoutNet(), {
      uniform: torchRandom(1).uniform,
    });
    tidy(() => {
      const weights = initialize(() => 0);
      expect(predict(weights, inputs).dataSync()[0]).toBe(64);
      const { logits } = forward(weights, tf.ones([200, 64]), 'training');
      const mean = tf.mean(logits).dataSync()[0]!;
      // Kept with probability ¼ at weight 4: variance 3 a value, so √(3 · 64 / 200) ≈ 1 for the mean; 5 of these.
      expect(Math.abs(mean - 64)).toBeLessThan(5);
      // Two layers of equal masks would keep half of the values at weight 4.
      const kept = numbers([logits]).reduce((sum, value) => sum + value / 4, 0) / (200 * 64);
      expect(kept).toBeLessThan(0.3);
    });
  });

  test('draws a mask for each place at which it is applied, compiled or not', () => {
    for (const isWhole of [false, true]) {
      const x = input({ shape: [200] });
      const drop = layers.dropout({ rate: 0.5 });
      const inner = sequential({ layers: [layers.reLU({ inputShape: [200] }), drop] });
      const twice = [inner.apply(x), inner.apply(x)] as SymbolicTensor[];
      const product = layers.multiply().apply(twice) as SymbolicTensor;
      const outputs = isWhole ? (new Halves({}).apply(product) as SymbolicTensor[])[0]! : product;
      const layersModel = functionalModel({ inputs: x, outputs });
      const model = fromLayersModel(layersModel, { uniform: torchRandom(1).uniform });
      expect(model.compilation.some(({ className }) => className === 'LayersModel')).toBe(isWhole);
      tidy(() => {
        const weights = model.initialize(() => 0);
        const batch = tf.ones([50, 200]);
        const [first, again] = [1, 2].map(() => model.forward(weights, batch, 'training').logits);
        expect(numbers([again!])).toEqual(numbers([first!]));
        const kept = tf.mean(tf.greater(first!, 0)).dataSync()[0]!;
        // Kept by both with probability ¼; √(¼ · ¾ / 10 000) is 0.004.
        expect(Math.abs(kept - 0.25)).toBeLessThan(0.025);
      });
      expect(drop.getConfig().seed).toBe(undefined);
    }
  });

  test('that cannot be held still predicts, and is refused in training', () => {
    const refusal = (layersModel: LayersModel) => {
      const model = fromLayersModel(layersModel);
      tidy(() => {
        const weights = model.initialize(() => 0);
        const x = tf.zeros([1, ...model.inputShape]);
        expect(model.predict(weights, x).shape).toEqual([1, model.classes]);
        const train = () => model.forward(weights, x, 'training');
        if (model.untrainable !== undefined) expect(train).toThrow(`fromLayersModel: ${model.untrainable}`);
      });
      return model.untrainable;
    };
    expect(refusal(dropoutNet())).toMatch(
      /^uniform is undefined; expected a sampler, as .* has dropout. Pass \{ uniform/,
    );
    expect(refusal(dropoutNet(0))).toBe(undefined);
    const noisy = sequential({
      layers: [
        layers.gaussianNoise({ inputShape: [4], stddev: 1, name: 'noise' }),
        layers.dense({ units: 2 }),
      ],
    });
    expect(refusal(noisy)).toContain('has GaussianNoise noise, whose draws cannot be repeated');
    const recurrent = sequential({
      layers: [
        layers.lstm({ inputShape: [3, 2], units: 2, dropout: 0.1, recurrentInitializer: 'glorotUniform' }),
        layers.dense({ units: 2 }),
      ],
    });
    expect(refusal(recurrent)).toContain('has LSTM');
  });
});

describe('what is not a model of logits is refused', () => {
  const endingWith = (...last: NonNullable<SequentialArgs['layers']>) =>
    sequential({ layers: [layers.dense({ inputShape: [4], units: 3 }), ...last] });

  test('outputs that are no rows of logits, open sizes, nothing to train', () => {
    expect(() => fromLayersModel(endingWith(layers.reshape({ targetShape: [3, 1] })))).toThrow(
      'has outputs [null, 3, 1]; expected one, logits [null, classes]',
    );
    const open = sequential({ layers: [layers.globalAveragePooling2d({ inputShape: [null, null, 2] })] });
    expect(() => fromLayersModel(open)).toThrow(
      /has inputs \[null, null, null, 2\]; expected sizes fixed but for the batch. Pass inputShape, .* inputLength/,
    );
    expect(() => fromLayersModel(sequential())).toThrow('has inputs none');
  });
});

describe('sizes that a model leaves open', () => {
  const embed = (more: object = {}) => layers.embedding({ inputDim: 20, outputDim: 4, ...more });
  const logits = () => layers.dense({ units: 3 });
  const recurrent = { units: 5, recurrentInitializer: 'glorotUniform' } as const;
  const twoInputs = () => {
    const [text, extra] = [input({ shape: [null as never] }), input({ shape: [2] })];
    const read = layers.globalAveragePooling1d({}).apply(embed().apply(text));
    const joined = layers.concatenate().apply([read as SymbolicTensor, extra]);
    return functionalModel({ inputs: [text, extra], outputs: logits().apply(joined) as SymbolicTensor });
  };
  const within = () => {
    const base = sequential({
      layers: [
        layers.conv2d({ inputShape: [null, null, 1], filters: 3, kernelSize: 3 }),
        layers.maxPooling2d({ poolSize: 2 }),
      ],
    });
    return sequential({ layers: [base, layers.globalMaxPooling2d({}), logits()] });
  };
  const cases: readonly (readonly [
    string,
    LayersModel,
    readonly number[] | readonly (readonly number[])[],
  ])[] = [
    ['a pooled text', sequential({ layers: [embed(), layers.globalAveragePooling1d({}), logits()] }), [7]],
    ['a recurrent one', sequential({ layers: [embed(), layers.lstm(recurrent), logits()] }), [7]],
    ['with masks', sequential({ layers: [embed({ maskZero: true }), layers.gru(recurrent), logits()] }), [7]],
    ['images', within(), [8, 6, 1]],
    ['several inputs', twoInputs(), [[7], [2]]],
  ];

  test.each(cases)('%s: inputShape fixes them', (_, layersModel, inputShape) => {
    const model = fromLayersModel(layersModel, { inputShape });
    const shapes = (
      Array.isArray(inputShape[0]) ? inputShape : [inputShape]
    ) as readonly (readonly number[])[];
    const parts = shapes.map((shape) =>
      tidy(() => tf.cast(tf.randomUniform([2, ...shape], 0, 20, 'int32', 1), 'float32')),
    );
    const x = parts.length === 1 ? parts[0]! : tf.concat(parts as tf.Tensor2D[], 1);
    const weights = weightsOf(layersModel);
    const expected = layersModel.predict(parts.length === 1 ? parts[0]! : parts) as tf.Tensor;
    const found = model.predict(weights, x);
    expect(relativeError(numbers([found]), numbers([expected]))).toBeLessThan(1e-5);
    expect(model.untrainable).toBe(undefined);
    tidy(() => {
      const { logits, cache } = model.forward(weights, x, 'training');
      expect(model.vjp(weights, cache, tf.onesLike(logits)).map(({ shape }) => shape)).toEqual(
        model.parameters.map(({ shape }) => shape),
      );
    });
    tf.dispose([parts, x, expected, found]);
    disposeWeights(weights);
  });

  test('a shape that is none of the model is refused', () => {
    const text = cases[0]![1];
    const refused = (inputShape: unknown, model = text) => {
      expect(() => fromLayersModel(model, { inputShape: inputShape as number[] })).toThrow(
        /^fromLayersModel: inputShape(\[\d\])? is .*; expected .* without the batch, as \w+ takes/,
      );
    };
    for (const wrong of [[], [7, 1], [0], [1.5], ['7'], 7, 'seven', null, [[7], [7]]]) refused(wrong);
    refused([7, 2], twoInputs());
    refused([[7], [3]], twoInputs());
    refused([[7]], twoInputs());
  });
});

test('normalizedAway names a batch norm that any batch of one example is the same to', () => {
  const norm = (axis = -1) => layers.batchNormalization({ axis, name: 'norm' });
  const ending = (...own: object[]) => {
    const net = sequential();
    for (const layer of own as layers.Layer[]) net.add(layer);
    if (net.outputs[0]!.shape.length > 2) net.add(layers.flatten());
    net.add(layers.dense({ units: 3 }));
    return fromLayersModel(net).normalizedAway;
  };
  const dense = () => layers.dense({ units: 4, inputShape: [4] });
  const images = () => layers.conv2d({ inputShape: [3, 3, 2], filters: 2, kernelSize: 3 });
  expect(ending(dense(), norm())).toBe('norm');
  expect(ending(images(), norm())).toBe('norm');
  expect(ending(sequential({ layers: [dense(), norm()] }))).toBe('norm');
  const steps = layers.reshape({ targetShape: [2, 2], inputShape: [4] });
  expect(ending(steps, layers.timeDistributed({ layer: norm(), name: 'steps' }))).toBe('steps');
  expect(ending(dense())).toBe(undefined);
  for (const axis of [1, -1]) {
    const several = layers.conv2d({ inputShape: [4, 4, 2], filters: 2, kernelSize: 3 });
    expect(ending(several, norm(axis))).toBe(undefined);
  }
});

test('lookUps say what embeddings read of an example', () => {
  const text = input({ shape: [4] });
  const [extra, words] = [input({ shape: [3] }), layers.reshape({ targetShape: [2, 2] }).apply(text)];
  const read = layers.embedding({ inputDim: 20, outputDim: 4, name: 'words' }).apply(words);
  const joined = layers
    .concatenate()
    .apply([extra, layers.flatten().apply(read) as SymbolicTensor]) as SymbolicTensor;
  const layersModel = functionalModel({
    inputs: [extra, text],
    outputs: layers.dense({ units: 2 }).apply(joined) as SymbolicTensor,
  });
  expect(fromLayersModel(layersModel).lookUps).toEqual([{ layer: 'words', inputDim: 20, start: 3, end: 7 }]);
  expect(fromLayersModel(kerasNet()).lookUps).toBe(undefined);
});

test('a stateful layer is refused, also for a teacher', () => {
  const options = { units: 3, recurrentInitializer: 'glorotUniform', stateful: true } as const;
  const lstm = layers.lstm({ ...options, batchInputShape: [1, 4, 2], name: 'memory' });
  expect(() => fromLayersModel(sequential({ layers: [lstm] }))).toThrow(
    /^fromLayersModel: layer memory of \w+ is stateful; expected none/,
  );
});

describe('what cannot be trained predicts, and says why', () => {
  test('nothing to train', () => {
    const { untrainable } = fromLayersModel(sequential({ layers: [layers.reLU({ inputShape: [2] })] }));
    expect(untrainable).toMatch(/has 0 trainable weights; expected at least one. Set trainable = true.$/);
  });

  test('a layer that does not train on the backend, by its name, before any pass', () => {
    const cropped = sequential({
      layers: [
        layers.dense({ inputShape: [4, 4, 2], units: 2 }),
        layers.centerCrop({ height: 2, width: 2, name: 'crop' }),
        layers.flatten(),
        layers.dense({ units: 2 }),
      ],
    });
    const before = tf.memory().numTensors;
    expect(fromLayersModel(cropped).untrainable).toMatch(
      /^layer crop \(CenterCrop\) of .* does not train on the backend \w+: .*gradient function not found for CropAndResize/,
    );
    expect(tf.memory().numTensors).toBe(before);
    cropped.layers[0]!.trainable = false;
    expect(fromLayersModel(cropped).untrainable).toBe(undefined);
  });

  test('a TensorFlow.js without gradients', () => {
    const matMul = tf.getGradient('BatchMatMul');
    tf.unregisterGradient('BatchMatMul');
    try {
      const rnn = layers.simpleRNN({ inputShape: [3, 2], units: 4, recurrentInitializer: 'glorotUniform' });
      expect(fromLayersModel(sequential({ layers: [rnn] })).untrainable).toMatch(
        /no gradients registered.*Import '@tensorflow\/tfjs-layers'/,
      );
      expect(fromLayersModel(kerasNet()).untrainable).toBe(undefined);
    } finally {
      tf.registerGradient(matMul);
    }
  });
});
