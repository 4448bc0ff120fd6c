import { memory, onesLike, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { scatteredTensor } from '../../../test/values.js';
import { type LayeredModel, model } from '../../model.js';
import { basicBlock } from '../../students/residual-blocks.js';
import { resnet } from '../../students/resnet.js';
import { relu } from '../activations/relu.js';
import { conv2d } from '../convolution/conv2d.js';
import { dense } from '../dense/dense.js';
import { add } from '../merging/add.js';
import { batchNorm } from '../normalization/batch-norm.js';
import { batchNormReluPool } from '../normalization/batch-norm-relu-pool.js';
import { globalAveragePool } from '../pooling/global-average-pool.js';
import { flatten } from '../shape/flatten.js';
import { graph } from './graph.js';

const inputShape = [8, 8, 3] as const;
const conv = (name: string, inputs: number) =>
  conv2d({ name, inputs, outputs: 4, kernelSize: 3, padding: 1 });
const end = [globalAveragePool(), dense({ name: 'end', inputs: 4, outputs: 2 }), relu()];

const models: readonly LayeredModel[] = [
  resnet({ name: 'residual', block: basicBlock, blocks: [2, 1], width: 4, inputShape, classes: 2 }),
  model({
    name: 'read twice',
    inputShape,
    classes: 2,
    layers: [
      graph({
        nodes: [
          { name: 'a', layer: conv('a', 3), from: ['input'] },
          { name: 'norm', layer: batchNorm({ channels: 4 }), from: ['a'] },
          { name: 'b', layer: relu(), from: ['norm'] },
          { name: 'c', layer: conv('c', 4), from: ['b'] },
          { name: 'sum', layer: add(), from: ['a', 'b', 'c'] },
        ],
      }),
      ...end,
    ],
  }),
  model({
    name: 'pooled',
    inputShape,
    classes: 2,
    layers: [
      conv('a', 3),
      batchNormReluPool({ channels: 4 }),
      flatten(),
      dense({ name: 'end', inputs: 64, outputs: 2 }),
    ],
  }),
];

onEachBackend(() => {
  test.each(models.flatMap((each) => (['training', 'evaluation'] as const).map((mode) => ({ each, mode }))))(
    'the last pass through $each.name in $mode gives the same, and leaves only what is not its own',
    ({ each, mode }) => {
      let draws = 0;
      const weights = each.initialize((low, high) => low + (high - low) * ((draws++ * 0.618) % 1));
      const inputs = scatteredTensor([3, ...inputShape], 1);
      const start = memory();
      tidy(() => {
        const pass = () => each.forward(weights, inputs, mode);
        const gradientOf = ({ logits, cache }: ReturnType<typeof pass>, consume: boolean) =>
          each.vjp(weights, cache, onesLike(logits) as Tensor2D, { consume });
        const expected = gradientOf(pass(), false).map((gradient) => Array.from(gradient.dataSync()));

        const before = memory().numTensors;
        const last = pass();
        const held = memory().numTensors;
        const got: readonly Tensor[] = gradientOf(last, true);
        expect(got.map((gradient) => Array.from(gradient.dataSync()))).toEqual(expected);
        for (const tensor of [inputs, last.logits, ...last.statistics, ...weights.parameters]) {
          expect(tensor.isDisposed).toBe(false);
        }
        // The logits, their cotangent, the gradient and, in training, statistics that moved; the pass had left more.
        const moved = mode === 'training' ? last.statistics.length : 0;
        expect(memory().numTensors - before).toBe(2 + got.length + moved);
        expect(held - before).toBeGreaterThan(2 + moved);
        expect(() => gradientOf(last, false)).toThrow();
      });
      expect(memory().numTensors).toBe(start.numTensors);
    },
  );
});
