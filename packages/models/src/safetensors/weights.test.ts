import { readFileSync } from 'node:fs';
import { torchRandom } from '@metadistill/datasets';
import { expectNoLeak, relativeError } from '@metadistill/testing';
import { dispose, memory, type Tensor, tensor, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { fixtureInputs } from '../../test/torch-fixture.js';
import torchState from '../fixtures/torch-state.json' with { type: 'json' };
import { relu } from '../layers/activations/relu.js';
import { conv1d } from '../layers/convolution/conv1d.js';
import { conv2d } from '../layers/convolution/conv2d.js';
import { conv2dTranspose } from '../layers/convolution/conv2d-transpose.js';
import { depthwiseConv2d } from '../layers/convolution/depthwise-conv2d.js';
import { dense } from '../layers/dense/dense.js';
import { embedding } from '../layers/embedding/embedding.js';
import { batchNorm } from '../layers/normalization/batch-norm.js';
import { layerNorm } from '../layers/normalization/layer-norm.js';
import { maxPool2d } from '../layers/pooling/max-pool2d.js';
import { flatten } from '../layers/shape/flatten.js';
import { model } from '../model.js';
import { disposeWeights } from '../tensors.js';
import type { Weights } from '../types.js';
import { decodeSafetensors } from './decode-safetensors.js';
import { loadWeights, saveWeights } from './save-weights.js';
import { exportTorchState, importTorchState } from './torch-state.js';
import type { HostTensor } from './types.js';

/** `Net` of `reference/safetensors-reference.py`. */
const net = model({
  name: 'net',
  inputShape: [6, 8, 2],
  classes: 6,
  layers: [
    conv2d({ name: 'conv1', inputs: 2, outputs: 5, kernelSize: 3, padding: 1 }),
    batchNorm({ name: 'bn1', channels: 5 }),
    relu(),
    maxPool2d({ poolSize: 2 }),
    flatten(),
    dense({ name: 'fc1', inputs: 60, outputs: 7, fromImage: [3, 4, 5] }),
    relu(),
    dense({ name: 'fc2', inputs: 7, outputs: 6 }),
  ],
});
const stateFile = new URL('../fixtures/torch-state.safetensors', import.meta.url);
const state = decodeSafetensors({ name: 'torch-state.safetensors', bytes: readFileSync(stateFile) }).tensors;

const numbers = ({ parameters, statistics }: Weights) =>
  [...parameters, ...statistics].map((each: Tensor) => Array.from(each.dataSync()));
const without = (name: string) => new Map([...state].filter(([other]) => other !== name));
const withTensor = (name: string, tensor: HostTensor) => new Map([...state, [name, tensor]]);

describe('a state dict of PyTorch', () => {
  test('gives the logits that PyTorch computes with it', async () => {
    await expectNoLeak(() => {
      const weights = importTorchState(net, state);
      const inputs = fixtureInputs([3, 6, 8, 2]);
      const logits = net.predict(weights, inputs);
      // PyTorch computed in float64: the distance is our float32's through 4 layers.
      expect(relativeError(logits, torchState.logits.flat())).toBeLessThan(1e-6);
      disposeWeights(weights);
      dispose([logits, inputs]);
    });
  });

  test('is written as it was read, but for the count of batches', async () => {
    const weights = importTorchState(net, state);
    const exported = await exportTorchState(net, weights);
    disposeWeights(weights);
    const ordered = net.parameters.map(({ name }) => name);
    expect([...exported.keys()]).toEqual([...ordered, 'bn1.running_mean', 'bn1.running_var']);
    expect(Object.fromEntries(exported)).toEqual(Object.fromEntries(without('bn1.num_batches_tracked')));
  });

  test.each([
    [conv1d({ inputs: 2, outputs: 3, kernelSize: 4 }), [3, 2, 4]],
    [depthwiseConv2d({ inputs: 2, depthMultiplier: 3, kernelSize: [2, 4] }), [6, 1, 2, 4]],
    [conv2dTranspose({ inputs: 2, outputs: 3, kernelSize: [2, 4] }), [2, 3, 2, 4]],
    [embedding({ inputDim: 4, outputDim: 3 }), [4, 3]],
  ])('has the weight of $0.name in the order in which PyTorch draws it: %j', async (layer, shape) => {
    let drawn = 0;
    const weights = layer.initialize(() => drawn++);
    const exported = await exportTorchState(layer, weights);
    const { values, ...weight } = exported.get('weight')!;
    expect(weight.shape).toEqual(shape);
    expect(Array.from(values)).toEqual(Array.from(values, (_, i) => i));
    const read = importTorchState(layer, exported);
    expect(numbers(read)).toEqual(numbers(weights));
    for (const each of [weights, read]) disposeWeights(each);
  });

  test('has a layer norm over several axes as it is here', async () => {
    const layer = layerNorm({ normalizedShape: [2, 3] });
    const weights = {
      parameters: [
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
        zeros([2, 3]),
      ],
      statistics: [],
    };
    const { shape, values } = (await exportTorchState(layer, weights)).get('weight')!;
    expect(shape).toEqual([2, 3]);
    expect(Array.from(values)).toEqual([1, 2, 3, 4, 5, 6]);
    disposeWeights(weights);
  });

  test('is refused if it is of another module, before any tensor is made', () => {
    const before = memory().numTensors;
    const renamed = new Map([...state].map(([name, tensor]) => [`module.${name}`, tensor]));
    expect(() => importTorchState(net, renamed)).toThrow(
      'importTorchState: tensors lack [conv1.weight, conv1.bias, bn1.weight, bn1.bias, fc1.weight, 5 more] and have ' +
        '[module.conv1.weight, module.conv1.bias, module.bn1.weight, module.bn1.bias, module.bn1.running_mean, 5 more] ' +
        'besides; expected those of net. Is it another model, or are names prefixed?',
    );
    expect(() => importTorchState(net, without('fc2.bias'))).toThrow('lack [fc2.bias] and have [] besides');
    const filter = state.get('conv1.weight')!;
    expect(() =>
      importTorchState(net, withTensor('conv1.weight', { ...filter, shape: [3, 3, 2, 5] })),
    ).toThrow(
      "importTorchState: 'conv1.weight' has shape [3, 3, 2, 5]; expected [5, 2, 3, 3] (net). Is it of another model?",
    );
    const wide = { ...net, parameters: [{ name: 'kernel', shape: [3, 2, 2, 1, 1] }], statistics: [] };
    expect(() => importTorchState(wide, new Map([['kernel', filter]]))).toThrow(
      'kernel: shape is [3, 2, 2, 1, 1]; expected 1 to 4 axes.',
    );
    expect(memory().numTensors).toBe(before);
  });
});

describe('weights as bytes', () => {
  test('come back bit for bit', async () => {
    await expectNoLeak(async () => {
      const weights = net.initialize(torchRandom(1).uniform);
      const read = loadWeights(net, { name: 'net.safetensors', bytes: await saveWeights(net, weights) });
      expect(numbers(read)).toEqual(numbers(weights));
      disposeWeights(weights);
      disposeWeights(read);
    });
  });

  test('are refused for another model', async () => {
    const weights = net.initialize(torchRandom(1).uniform);
    const bytes = await saveWeights(net, weights);
    const other = { ...net, name: 'other', statistics: [] };
    expect(() => loadWeights(other, { name: 'net.safetensors', bytes })).toThrow(
      'loadWeights: net.safetensors: tensors lack [] and have [bn1.runningMean, bn1.runningVariance] besides',
    );
    await expect(saveWeights(net, { ...weights, statistics: [] })).rejects.toThrow(
      'net: weights.statistics has 0 tensors; expected 2',
    );
    disposeWeights(weights);
  });
});
