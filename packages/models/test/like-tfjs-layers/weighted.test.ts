import { layers } from '@tensorflow/tfjs-layers';
import { test } from 'vitest';
import {
  batchNorm,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  embedding,
  layerNorm,
} from '../../src/index.js';
import { onEachBackend } from '../on-each-backend.js';
import { expectLikeTfjsLayers, type Pair } from './expect-like-tfjs-layers.js';

/** Our layers with weights, with what `getConfig()` of those of tfjs-layers gives. */
const pairs: Record<string, Pair> = {
  dense: {
    ours: dense({ inputs: 4, outputs: 3 }),
    theirs: () => layers.dense({ units: 3 }),
    inputShape: [5, 4],
  },
  'dense, three axes, without bias': {
    ours: dense({ inputs: 4, outputs: 3, useBias: false }),
    theirs: () => layers.dense({ units: 3, useBias: false }),
    inputShape: [2, 3, 4],
  },
  'batchNormalization with its defaults': {
    ours: batchNorm({ channels: 3, momentum: 1 - 0.99, epsilon: 1e-3, movingVariance: 'biased' }),
    theirs: () => layers.batchNormalization({}),
    inputShape: [2, 4, 3, 3],
  },
  'batchNormalization, two axes': {
    ours: batchNorm({ channels: 3, momentum: 1 - 0.8, epsilon: 0.1, movingVariance: 'biased' }),
    theirs: () => layers.batchNormalization({ momentum: 0.8, epsilon: 0.1 }),
    inputShape: [5, 3],
  },
  'batchNormalization, three axes': {
    ours: batchNorm({ channels: 3, momentum: 1 - 0.8, epsilon: 0.1, movingVariance: 'biased' }),
    theirs: () => layers.batchNormalization({ momentum: 0.8, epsilon: 0.1 }),
    inputShape: [4, 2, 3],
  },
  embedding: {
    ours: embedding({ inputDim: 5, outputDim: 3 }),
    theirs: () => layers.embedding({ inputDim: 5, outputDim: 3 }),
    inputShape: [2, 4],
    input: [4, 0, 2, 2, 1, 4, 3, 0],
  },
};

for (const [axis, normalizedShape] of [
  [-1, [4]],
  [
    [1, 2],
    [3, 4],
  ],
] as const) {
  pairs[`layerNormalization along ${axis}`] = {
    ours: layerNorm({ normalizedShape, epsilon: 1e-3 }),
    theirs: () => layers.layerNormalization({ axis: [axis].flat() }),
    inputShape: [2, 3, 4],
  };
}

for (const padding of ['valid', 'same'] as const) {
  const windows = {
    'rectangular, strides that differ': { kernelSize: [3, 2], strides: [2, 3] },
    dilated: { kernelSize: [3, 2], dilationRate: [2, 1], useBias: false },
    'one by one, strided': { kernelSize: [1, 1], strides: [2, 2] },
  } as const;
  for (const [name, given] of Object.entries(windows)) {
    const kernelSize: [number, number] = [...given.kernelSize];
    const options = {
      padding,
      ...given,
      ...('strides' in given && { strides: [...given.strides] as [number, number] }),
    };
    const keras = { ...options, kernelSize } as object as { kernelSize: [number, number] };
    const inputShape = [2, 7, 8, 2];
    pairs[`conv2d, ${padding}, ${name}`] = {
      ours: conv2d({ inputs: 2, outputs: 3, ...options }),
      theirs: () => layers.conv2d({ filters: 3, ...keras }),
      inputShape,
    };
    // tfjs-layers ignores the dilations of depthwise and transposed convolutions.
    if ('dilationRate' in given) continue;
    for (const depthMultiplier of [1, 2]) {
      pairs[`depthwiseConv2d, ${padding}, ${name}, multiplier ${depthMultiplier}`] = {
        ours: depthwiseConv2d({ inputs: 2, depthMultiplier, ...options }),
        theirs: () => layers.depthwiseConv2d({ depthMultiplier, ...keras }),
        inputShape,
      };
    }
    pairs[`conv2dTranspose, ${padding}, ${name}`] = {
      ours: conv2dTranspose({ inputs: 2, outputs: 3, ...options }),
      theirs: () => layers.conv2dTranspose({ filters: 3, ...keras }),
      inputShape,
    };
  }
  for (const given of [{ strides: 2 }, { dilationRate: 3, useBias: false }]) {
    const options = { kernelSize: 3, padding, ...given };
    pairs[`conv1d ${JSON.stringify(options)}`] = {
      ours: conv1d({ inputs: 2, outputs: 3, ...options }),
      theirs: () => layers.conv1d({ filters: 3, ...options }),
      inputShape: [2, 9, 2],
    };
  }
}

onEachBackend(() => {
  test.each(Object.entries(pairs))('%s is that of tfjs-layers', (_, pair) => expectLikeTfjsLayers(pair));
});
