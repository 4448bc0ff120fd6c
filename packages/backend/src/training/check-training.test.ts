import { memory } from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../test/describe-backends.js';
import { checkTraining } from './check-training.js';

/** Layers that train on no backend, each with the error of TensorFlow.js. */
const untrainable: Readonly<Record<string, { readonly make: () => LayersModel; readonly why: RegExp }>> = {
  'conv3dTranspose, which has no gradient of its input gradient': {
    make: () =>
      sequential({
        layers: [layers.conv3dTranspose({ filters: 2, kernelSize: 2, inputShape: [3, 3, 3, 2] })],
      }),
    why: /layer conv3d_transpose\w* \(Conv3DTranspose\) of .*gradient function not found for Conv3DBackpropInputV2.*for it and for what comes before it/,
  },
  'conv1d with causal padding, which tfjs-layers does not have': {
    make: () =>
      sequential({
        layers: [layers.conv1d({ filters: 2, kernelSize: 2, padding: 'causal', inputShape: [5, 2] })],
      }),
    why: /layer conv1d\w* \(Conv1D\) of .*CAUSAL padding mode.*\. Use another layer\.$/,
  },
  'resizing, which takes the list of tensors that a model passes for a tensor': {
    make: () =>
      sequential({
        layers: [
          layers.resizing({ height: 4, width: 4, inputShape: [8, 8, 3] }),
          layers.flatten(),
          layers.dense({ units: 2 }),
        ],
      }),
    why: /layer resizing\w* \(Resizing\) of .* does not train on the backend/,
  },
  'centerCrop after a layer that trains, for want of a gradient of CropAndResize': {
    make: () =>
      sequential({
        layers: [
          layers.dense({ units: 3, inputShape: [8, 8, 3] }),
          layers.centerCrop({ height: 4, width: 4 }),
        ],
      }),
    why: /\(CenterCrop\) of .*gradient function not found for CropAndResize.*trainable = false for what comes before it/,
  },
};

const tests = () => {
  it.each(Object.entries(untrainable))('names %s', (_, { make, why }) => {
    const refused = make();
    const before = memory().numTensors;
    expect(() => checkTraining(refused as never)).toThrow(why);
    expect(memory().numTensors).toBe(before);
    refused.dispose();
  });

  it('takes a model of two inputs that trains, and leaves its weights and memory as they were', () => {
    const [a, b] = [input({ shape: [4, 4, 2] }), input({ shape: [4, 4, 2] })];
    const sums = layers.add().apply([a, b]) as SymbolicTensor;
    const normal = layers.batchNormalization().apply(sums) as SymbolicTensor;
    const outputs = layers.flatten().apply(normal) as SymbolicTensor;
    const trained = model({ inputs: [a, b], outputs });
    const weights = () => trained.getWeights().map((weight) => Array.from(weight.dataSync()));
    const [before, tensors] = [weights(), memory().numTensors];
    checkTraining(trained as never);
    expect(memory().numTensors).toBe(tensors);
    expect(weights()).toEqual(before);
    trained.dispose();
  });

  it('tries open sizes as 8 and 32', () => {
    const open = (side: number) =>
      sequential({
        layers: [
          layers.conv2d({ filters: 1, kernelSize: 3, inputShape: [null, null, 1] as never }),
          layers.maxPooling2d({ poolSize: side }),
        ],
      });
    checkTraining(open(2) as never);
    checkTraining(open(16) as never);
    expect(() => checkTraining(open(64) as never)).toThrow(
      /layer max_pooling2d\w* \(MaxPooling2D\) of .*, with 8 and 32 for the sizes that are open: /,
    );
    const sequence = sequential({
      layers: [
        layers.conv1d({ filters: 2, kernelSize: 2, padding: 'causal', inputShape: [null, 2] as never }),
      ],
    });
    expect(() => checkTraining(sequence as never)).toThrow(/layer conv1d\w* .*CAUSAL padding mode/);
  });

  it('names the layer in a nested model, and no input layer', () => {
    const inner = sequential({
      layers: [layers.dense({ units: 3, inputShape: [8, 8, 3] }), layers.centerCrop({ height: 4, width: 4 })],
    });
    const images = input({ shape: [8, 8, 3] });
    const nested = model({ inputs: images, outputs: inner.apply(images) as SymbolicTensor });
    expect(() => checkTraining(nested as never)).toThrow(/layer center_crop\w* \(CenterCrop\) of /);
  });

  it('takes operands of a maximum that spread', () => {
    const [a, b] = [input({ shape: [2, 3] }), input({ shape: [1, 3] })];
    const dense = (of: SymbolicTensor) => layers.dense({ units: 3 }).apply(of) as SymbolicTensor;
    const outputs = layers.maximum().apply([dense(a), dense(b)]) as SymbolicTensor;
    checkTraining(model({ inputs: [a, b], outputs }) as never);
  });

  it('refuses a model without anything to train', () => {
    const still = sequential({ layers: [layers.flatten({ inputShape: [2, 2] })] });
    expect(() => checkTraining(still as never)).toThrow(/has 0 trainable weights/);
  });
};

describeCpu('checkTraining', tests);
describeEachBuild('checkTraining', tests);
