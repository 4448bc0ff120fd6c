import { relativeError } from '@metadistill/testing';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import {
  batchNorm,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  embedding,
  type Layer,
  layerNorm,
} from '../src/index.js';
import { weightsAt } from './expect-derivatives.js';
import { onEachBackend } from './on-each-backend.js';
import { scatteredTensor, tensorOf } from './values.js';

/** A layer of tfjs-layers, and ours for the options that its `getConfig()` gives. */
interface Case {
  readonly ours: Layer;
  readonly keras: () => layers.Layer;
  readonly inputShape: readonly number[];
  readonly input?: readonly number[];
}

const cases: Record<string, Case> = {
  dense: {
    ours: dense({ inputs: 4, outputs: 3 }),
    keras: () => layers.dense({ units: 3 }),
    inputShape: [5, 4],
  },
  'dense, three axes, without bias': {
    ours: dense({ inputs: 4, outputs: 3, useBias: false }),
    keras: () => layers.dense({ units: 3, useBias: false }),
    inputShape: [2, 3, 4],
  },
  'batchNormalization with its defaults': {
    ours: batchNorm({ channels: 3, momentum: 1 - 0.99, epsilon: 1e-3, movingVariance: 'biased' }),
    keras: () => layers.batchNormalization({}),
    inputShape: [2, 4, 3, 3],
  },
  'batchNormalization, two axes': {
    ours: batchNorm({ channels: 3, momentum: 1 - 0.8, epsilon: 0.1, movingVariance: 'biased' }),
    keras: () => layers.batchNormalization({ momentum: 0.8, epsilon: 0.1 }),
    inputShape: [5, 3],
  },
  'batchNormalization, three axes': {
    ours: batchNorm({ channels: 3, momentum: 1 - 0.8, epsilon: 0.1, movingVariance: 'biased' }),
    keras: () => layers.batchNormalization({ momentum: 0.8, epsilon: 0.1 }),
    inputShape: [4, 2, 3],
  },
};

cases.embedding = {
  ours: embedding({ inputDim: 5, outputDim: 3 }),
  keras: () => layers.embedding({ inputDim: 5, outputDim: 3 }),
  inputShape: [2, 4],
  input: [4, 0, 2, 2, 1, 4, 3, 0],
};
for (const [axis, normalizedShape] of [
  [-1, [4]],
  [
    [1, 2],
    [3, 4],
  ],
] as const) {
  cases[`layerNormalization along ${axis}`] = {
    ours: layerNorm({ normalizedShape, epsilon: 1e-3 }),
    keras: () => layers.layerNormalization({ axis: [axis].flat() }),
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
    const theirs = { ...options, kernelSize } as object as { kernelSize: [number, number] };
    const inputShape = [2, 7, 8, 2];
    cases[`conv2d, ${padding}, ${name}`] = {
      ours: conv2d({ inputs: 2, outputs: 3, ...options }),
      keras: () => layers.conv2d({ filters: 3, ...theirs }),
      inputShape,
    };
    // tfjs-layers ignores the dilations of depthwise and transposed convolutions.
    if ('dilationRate' in given) continue;
    for (const depthMultiplier of [1, 2]) {
      cases[`depthwiseConv2d, ${padding}, ${name}, multiplier ${depthMultiplier}`] = {
        ours: depthwiseConv2d({ inputs: 2, depthMultiplier, ...options }),
        keras: () => layers.depthwiseConv2d({ depthMultiplier, ...theirs }),
        inputShape,
      };
    }
    cases[`conv2dTranspose, ${padding}, ${name}`] = {
      ours: conv2dTranspose({ inputs: 2, outputs: 3, ...options }),
      keras: () => layers.conv2dTranspose({ filters: 3, ...theirs }),
      inputShape,
    };
  }
  for (const given of [{ strides: 2 }, { dilationRate: 3, useBias: false }]) {
    const options = { kernelSize: 3, padding, ...given };
    cases[`conv1d ${JSON.stringify(options)}`] = {
      ours: conv1d({ inputs: 2, outputs: 3, ...options }),
      keras: () => layers.conv1d({ filters: 3, ...options }),
      inputShape: [2, 9, 2],
    };
  }
}

onEachBackend(() => {
  test.each(Object.entries(cases))('%s', (_, { ours, keras: make, inputShape, input }) => {
    const keras = make();
    keras.build([...inputShape]);
    for (const mode of ['training', 'evaluation'] as const) {
      tidy(() => {
        const weights = weightsAt(ours);
        keras.setWeights([...weights.parameters, ...weights.statistics]);
        const x = input ? tensorOf(input, inputShape) : scatteredTensor(inputShape, 1);
        const { output, statistics } = ours.forward(weights, x, mode);
        const expected = keras.call(x, { training: mode === 'training' }) as Tensor;
        expect(output.shape).toEqual(expected.shape);
        // Two float32 sums of a few dozen products in different orders.
        expect(relativeError(output, expected), mode).toBeLessThan(1e-6);
        const moved = keras.getWeights().slice(weights.parameters.length);
        expect(moved).toHaveLength(statistics.length);
        statistics.forEach((each, i) => {
          expect(relativeError(each, moved[i]!), `${mode}: statistic ${i}`).toBeLessThan(1e-6);
        });
      });
    }
  });
});
