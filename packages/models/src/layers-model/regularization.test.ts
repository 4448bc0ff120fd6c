import { toNumbers } from '@metadistill/testing';
import { type Scalar, scalar, tidy } from '@tensorflow/tfjs-core';
import { constraints, type LayersModel, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import type { Penalty } from '../types.js';
import { fromLayersModel } from './from-layers-model.js';

const { l1, l2, l1l2 } = regularizers;

/** What tfjs-layers adds to the loss of `fit`. */
const ownLoss = (layersModel: LayersModel): number =>
  tidy(() =>
    layersModel.layers
      .flatMap((layer) => layer.calculateLosses())
      .reduce((sum, loss) => sum + loss.dataSync()[0]!, 0),
  );

test('regularisers are found in models within the model', () => {
  const inner = sequential({
    layers: [layers.dense({ inputShape: [2], units: 3, kernelRegularizer: l2({ l2: 0.5 }) })],
  });
  const { penalties } = fromLayersModel(sequential({ layers: [inner, layers.dense({ units: 2 })] }));
  expect(penalties?.map(({ l2 }) => l2)).toEqual([0.5, 0, 0, 0]);
});

test('regularisers are found within wrappers, and counted once', () => {
  const kernelRegularizer = l2({ l2: 0.5 });
  const wrapped = layers.timeDistributed({
    layer: layers.dense({ units: 3, kernelRegularizer }),
    inputShape: [4, 2],
  });
  const both = layers.bidirectional({
    layer: layers.simpleRNN({ units: 2, kernelRegularizer, recurrentInitializer: 'glorotUniform' }) as never,
    mergeMode: 'concat',
  });
  const { penalties, untrainable } = fromLayersModel(sequential({ layers: [wrapped, both] }));
  expect(untrainable).toBe(undefined);
  expect(penalties?.map(({ l2 }) => l2)).toEqual([0.5, 0, 0.5, 0, 0, 0.5, 0, 0]);
});

test('the regularisers of every layer are penalties of its weights, as tfjs-layers counts them', () => {
  const layersModel = sequential({
    layers: [
      layers.separableConv2d({
        inputShape: [4, 4, 2],
        filters: 2,
        kernelSize: 2,
        depthwiseRegularizer: l1({ l1: 0.1 }),
        pointwiseRegularizer: l2({ l2: 0.2 }),
      }),
      layers.batchNormalization({ gammaRegularizer: l1l2({ l1: 0.3, l2: 0.4 }) }),
      layers.flatten(),
      layers.dense({ units: 3, kernelRegularizer: l2({ l2: 0.5 }), biasRegularizer: 'l1l2' }),
    ],
  });
  const { penalties, parameters, untrainable } = fromLayersModel(layersModel);
  expect(untrainable).toBe(undefined);
  const named = parameters.map(({ name }, i) => [
    name.split('/').at(-1)!.replace(/_\d+$/, ''),
    penalties![i]!,
  ]);
  expect(named).toEqual([
    ['depthwise_kernel', { l1: 0.1, l2: 0 }],
    ['pointwise_kernel', { l1: 0, l2: 0.2 }],
    ['bias', { l1: 0, l2: 0 }],
    ['gamma', { l1: 0.3, l2: 0.4 }],
    ['beta', { l1: 0, l2: 0 }],
    ['kernel', { l1: 0, l2: 0.5 }],
    ['bias', { l1: 0.01, l2: 0.01 }],
  ]);
  const counted = layersModel.trainableWeights.reduce((sum, weight, i) => {
    const { l1, l2 } = penalties![i] as Penalty;
    return toNumbers(weight.read()).reduce((so, w) => so + l1 * Math.abs(w) + l2 * w * w, sum);
  }, 0);
  // A float32 sum of some fifty values.
  expect(counted / ownLoss(layersModel)).toBeCloseTo(1, 5);
});

test('regularisers of cells are found, in a stack of them too, and counted once', () => {
  const options = { units: 2, recurrentInitializer: 'glorotUniform' } as const;
  const kernelRegularizer = l2({ l2: 0.5 });
  const cells = [
    layers.lstmCell({ ...options, kernelRegularizer }),
    layers.gruCell({ ...options, recurrentRegularizer: l1({ l1: 0.25 }) }),
  ];
  const layersModel = sequential({
    layers: [
      layers.rnn({ cell: cells as never, inputShape: [3, 2], returnSequences: true }),
      layers.rnn({ cell: layers.simpleRNNCell({ ...options, biasRegularizer: l2({ l2: 0.125 }) }) }),
    ],
  });
  const { penalties, untrainable } = fromLayersModel(layersModel);
  expect(untrainable).toBe(undefined);
  const none = { l1: 0, l2: 0 };
  expect(penalties).toEqual([
    ...[{ l1: 0, l2: 0.5 }, none, none],
    ...[none, { l1: 0.25, l2: 0 }, none],
    ...[none, none, { l1: 0, l2: 0.125 }],
  ]);
});

test('dropout and constraints of cells are found', () => {
  const options = { units: 2, recurrentInitializer: 'glorotUniform' } as const;
  const untrainable = (more: object) =>
    fromLayersModel(
      sequential({
        layers: [
          layers.rnn({ cell: layers.gruCell({ ...options, ...more, name: 'cell' }), inputShape: [3, 2] }),
        ],
      }),
    ).untrainable;
  expect(untrainable({ dropout: 0.5 })).toMatch('whose draws cannot be repeated');
  expect(untrainable({ kernelConstraint: constraints.nonNeg() })).toMatch(/layer cell of .* by NonNeg/);
});

test('a regulariser of a class of its own is none of L1 or L2, whatever its name', () => {
  const L1L2 = l1l2().constructor as new (given: object) => { apply(): Scalar; getConfig(): object };
  class Hoyer extends L1L2 {
    override apply() {
      return scalar(1);
    }
  }
  class SameName extends Hoyer {
    static className = 'L1L2';
  }
  const own = l1l2({ l1: 0.1, l2: 0.1 });
  own.apply = () => scalar(1);
  for (const kernelRegularizer of [new Hoyer({ l1: 0.1 }), new SameName({ l1: 0.1 }), own]) {
    const layersModel = sequential({
      layers: [layers.dense({ inputShape: [2], units: 2, kernelRegularizer: kernelRegularizer as never })],
    });
    expect(fromLayersModel(layersModel).untrainable).toMatch(/adds 1 losses, of which 0 are of L1 or L2/);
  }
});

test('a model without regularisers has no penalties', () => {
  const layersModel = sequential({ layers: [layers.dense({ inputShape: [2], units: 2 })] });
  expect('penalties' in fromLayersModel(layersModel)).toBe(false);
});

test('constraints and losses of other kinds make a model untrainable, unless their layer is frozen', () => {
  const dense = layers.dense({
    inputShape: [2],
    units: 2,
    name: 'fc',
    kernelConstraint: constraints.nonNeg(),
    depthwiseRegularizer: 'l2',
  } as never);
  const layersModel = sequential({ layers: [dense, layers.dense({ units: 2 })] });
  expect(fromLayersModel(layersModel).untrainable).toMatch(
    /^layer fc of sequential_\d+ constrains its kernel by NonNeg; expected no constraint/,
  );
  dense.trainable = false;
  expect(fromLayersModel(layersModel).untrainable).toBe(undefined);
  const adding = layers.dense({ inputShape: [2], units: 2, name: 'adding' });
  const other = sequential({ layers: [adding] });
  adding.addLoss(() => scalar(1));
  expect(fromLayersModel(other).untrainable).toMatch(
    /^layer adding of .* adds 1 losses, of which 0 are of L1 or L2 regularizers/,
  );
});
