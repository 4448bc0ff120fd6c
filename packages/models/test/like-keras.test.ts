import { relativeError } from '@metadistill/testing';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { batchNorm, conv2d, dense, type Layer } from '../src/index.js';
import { weightsAt } from './expect-derivatives.js';
import { onEachBackend } from './on-each-backend.js';
import { scatteredTensor } from './values.js';

/** A layer of tfjs-layers, and ours for the options that its `getConfig()` gives. */
interface Case {
  readonly ours: Layer;
  readonly keras: () => layers.Layer;
  readonly inputShape: readonly number[];
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

for (const padding of ['valid', 'same'] as const) {
  const windows = {
    'rectangular, strides that differ': { kernelSize: [3, 2], strides: [2, 3] },
    dilated: { kernelSize: [3, 2], dilationRate: [2, 1], useBias: false },
    'one by one, strided': { kernelSize: [1, 1], strides: [2, 2] },
  } as const;
  for (const [name, given] of Object.entries(windows)) {
    cases[`conv2d, ${padding}, ${name}`] = {
      ours: conv2d({ inputs: 2, outputs: 3, padding, ...given }),
      keras: () =>
        layers.conv2d({ filters: 3, padding, ...(given as object), kernelSize: [...given.kernelSize] }),
      inputShape: [2, 7, 8, 2],
    };
  }
}

onEachBackend(() => {
  test.each(Object.entries(cases))('%s', (_, { ours, keras: make, inputShape }) => {
    const keras = make();
    keras.build([...inputShape]);
    for (const mode of ['training', 'evaluation'] as const) {
      tidy(() => {
        const weights = weightsAt(ours);
        keras.setWeights([...weights.parameters, ...weights.statistics]);
        const x = scatteredTensor(inputShape, 1);
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
