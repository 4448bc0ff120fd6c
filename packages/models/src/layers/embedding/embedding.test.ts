import { centralDifference, relativeError } from '@metadistill/testing';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainEmbedding } from '../../../test/plain/plain-layers.js';
import { scatteredOf, tensorOf } from '../../../test/values.js';
import { model } from '../../model.js';
import { graph } from '../containers/graph.js';
import { sequential } from '../containers/sequential.js';
import { dense } from '../dense/dense.js';
import { add } from '../merging/add.js';
import { flatten } from '../shape/flatten.js';
import { embedding } from './embedding.js';

const layer = embedding({ inputDim: 5, outputDim: 3 });
const ids = [4, 0, 2, 2, 1, 4, 2, 2];

onEachBackend((backend) => {
  test.each(['float32', 'int32'] as const)(
    'looks up whole numbers as %s, and sums cotangents up by them',
    (dtype) => {
      const weight = scatteredOf([5, 3], 1);
      const u = scatteredOf([2, 4, 3], 2);
      const reference = plainEmbedding(3);
      tidy(() => {
        const weights = { parameters: [tensorOf(weight, [5, 3])], statistics: [] };
        const { output, cache } = layer.forward(weights, tensor(ids, [2, 4], dtype), 'training');
        expect(output.shape).toEqual([2, 4, 3]);
        expect(Array.from(output.dataSync())).toEqual(reference([weight], ids));
        const { parameters, input } = layer.vjp(weights, cache, tensorOf(u, [2, 4, 3]), true);
        const inner = (w: readonly number[]) =>
          reference([[...w]], ids).reduce((sum, value, i) => sum + value * u[i]!, 0);
        // Sums of at most four float32 numbers; the difference of a linear function is exact.
        expect(relativeError(parameters[0]!, centralDifference(inner, weight))).toBeLessThan(1e-6);
        expect(Array.from(input!.dataSync())).toEqual(ids.map(() => 0));
      });
    },
  );

  describe.skipIf(backend === 'tensorflow')('numbers out of range', () => {
    test.each([5, -1, 1e9])('%d is refused', (id) => {
      tidy(() => {
        const weights = layer.initialize((low) => low);
        expect(() => layer.forward(weights, tensor([0, id], [1, 2]), 'training')).toThrow(
          `embedding: input holds ${id}; expected whole numbers from 0 to 4.`,
        );
      });
    });
  });
});

test('initial weights are drawn from U(−0.05, 0.05), and shapes of any rank get one more axis', () => {
  let drawn = 0;
  const { parameters } = layer.initialize((low, high) => {
    expect([low, high]).toEqual([-0.05, 0.05]);
    drawn++;
    return drawn;
  });
  expect(Array.from(parameters[0]!.dataSync())).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  expect([[], [4], [2, 3]].map(layer.outputShape)).toEqual([[3], [4, 3], [2, 3, 3]]);
});

test.each([
  [{ inputDim: 0, outputDim: 3 }, 'embedding: inputDim is 0; expected a positive integer.'],
  [{ inputDim: 5, outputDim: 1.5 }, 'embedding: outputDim is 1.5; expected a positive integer.'],
])('%j is refused', (options, message) => {
  expect(() => embedding(options)).toThrow(message);
});

test('a model that begins with it says what it looks up', () => {
  const make = (inputDim: number) => embedding({ inputDim, outputDim: 2 });
  const twice = graph({
    nodes: [
      { name: 'a', layer: make(9), from: ['input'] },
      { name: 'b', layer: make(7), from: ['input'] },
      { layer: add(), from: ['a', 'b'] },
    ],
  });
  for (const [first, inputDim] of [
    [make(5), 5],
    [sequential({ layers: [make(6)] }), 6],
    [twice, 7],
  ] as const) {
    const layers = [first, flatten(), dense({ inputs: 6, outputs: 2 })];
    const { lookUps } = model({ name: 'text', inputShape: [3], classes: 2, layers });
    expect(lookUps).toEqual([{ layer: first.name, inputDim, start: 0, end: 3 }]);
  }
});
