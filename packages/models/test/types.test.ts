import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type * as tf from '@tensorflow/tfjs-layers';
import { expectTypeOf, test } from 'vitest';
import {
  addition,
  batchNorm,
  conv2d,
  convNet,
  dense,
  type FeatureModel,
  features,
  flatten,
  fromLayersModel,
  type Layer,
  type LayeredModel,
  type LayersModel,
  logisticRegression,
  type Model,
  maxPool2d,
  model,
  type OpaqueCache,
  relu,
  selectFeatures,
  sequential,
  toLayersModel,
  type Weights,
} from '../src/index.js';

// Nothing here runs: the type check of the package holds what must compile, and that the rest does not.

const weights = {} as Weights;
const inputs = {} as Tensor;
const cotangent = {} as Tensor2D;
const student = {} as LayeredModel;
const yours = {} as LayersModel;

test('toLayersModel gives the LayersModel of the tfjs-layers that it was given', () => {
  const make = (yours: typeof tf) => toLayersModel({ model: student, weights, tf: yours });
  expectTypeOf(make).returns.toEqualTypeOf<tf.LayersModel>();
});

test('every layer and model fits the contract that takes any', () => {
  expectTypeOf(dense).returns.toExtend<Layer>();
  expectTypeOf(sequential).returns.toExtend<Layer>();
  expectTypeOf(logisticRegression).returns.toExtend<Model>();
  expectTypeOf(fromLayersModel).returns.toExtend<Model>();
  expectTypeOf(dense).returns.toEqualTypeOf<Layer<OpaqueCache<'dense'>>>();
});

test('the features of a model are known by the names that were asked for', () => {
  void (() => {
    const opened = features(student, ['relu1', 'fc1']);
    expectTypeOf(opened).toEqualTypeOf<FeatureModel<'relu1' | 'fc1'>>();
    expectTypeOf(opened.featureShapes.fc1).toEqualTypeOf<readonly number[]>();
    // @ts-expect-error: a feature that was not asked for.
    opened.featureShapes.fc2;
  });
});

test('a misspelt option, and a required one that is missing, do not compile', () => {
  void (() => {
    // @ts-expect-error: misspelt.
    dense({ inputs: 4, outputs: 3, nmae: 'fc1' });
    // @ts-expect-error: misspelt, in a layer without other options.
    relu({ nmae: 'relu1' });
    // @ts-expect-error: another library's word.
    conv2d({ inputs: 3, outputs: 8, kernel_size: 3 });
    // @ts-expect-error: no such padding.
    conv2d({ inputs: 3, outputs: 8, kernelSize: 3, padding: 'full' });
    // @ts-expect-error: outputs is missing.
    dense({ inputs: 4 });
    // @ts-expect-error: a number is no options.
    maxPool2d(2);
    // @ts-expect-error: a name and layers one after the other are no options.
    sequential('net', [relu()]);
    // @ts-expect-error: an addition has branches, a sequence layers.
    addition({ layers: [relu()] });
    // @ts-expect-error: channels is missing.
    batchNorm({});
    // @ts-expect-error: features is missing.
    selectFeatures({ inputs: 4 });
    // @ts-expect-error: classes is missing.
    model({ name: 'net', inputShape: [4], layers: [flatten()] });
    // @ts-expect-error: an image has three sides.
    convNet({ name: 'net', inputShape: [32, 32], channels: [8], hidden: 8, classes: 10 });
    // @ts-expect-error: misspelt.
    fromLayersModel(yours, { unifrom: Math.random });
  });
});

test('a cache of another layer or model, or what is no cache, is not taken', () => {
  void (() => {
    const pass = student.forward(weights, inputs, 'training');
    student.vjp(weights, pass.cache, cotangent);
    // @ts-expect-error: the pass instead of its cache.
    student.vjp(weights, pass, cotangent);
    // @ts-expect-error: the logits instead of the cache.
    student.jvp(weights, pass.logits, weights.parameters);
    const opened = features(student, ['fc1']).forward(weights, inputs, 'training');
    // @ts-expect-error: the cache of the model that was opened at its features.
    student.vjp(weights, opened.cache, cotangent);
    // @ts-expect-error: the cache of a model of ours.
    fromLayersModel(yours).vjp(weights, pass.cache, cotangent);
    const { cache } = relu().forward(weights, inputs, 'training');
    // @ts-expect-error: the cache of another layer.
    dense({ inputs: 4, outputs: 3 }).vjp(weights, cache, cotangent, true);
    // @ts-expect-error: a mode that there is not.
    student.forward(weights, inputs, 'eval');
  });
});
