import { relativeError } from '@metadistill/testing';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import type { Layer } from '../../src/index.js';
import { inputOf, type LayerAt, weightsAt } from '../expect-derivatives.js';
import { tensorOf } from '../values.js';

/** One of our layers, and the layer of tfjs-layers that computes the same. */
export interface Pair extends Pick<LayerAt, 'inputShape' | 'input' | 'spread'> {
  readonly ours: Layer;
  readonly theirs: () => layers.Layer;
}

/** Shapes, weights, outputs and moved statistics of both in both modes. */
export function expectLikeTfjsLayers({ ours, theirs: makeTheirs, ...at }: Pair): void {
  const theirs = makeTheirs();
  theirs.build([...at.inputShape]);
  expect(theirs.computeOutputShape([...at.inputShape])).toEqual([
    at.inputShape[0],
    ...ours.outputShape(at.inputShape.slice(1)),
  ]);
  for (const mode of ['training', 'evaluation'] as const) {
    tidy(() => {
      const weights = weightsAt(ours);
      theirs.setWeights([...weights.parameters, ...weights.statistics]);
      const x = tensorOf(inputOf({ layer: ours, ...at }), at.inputShape);
      const { output, statistics } = ours.forward(weights, x, mode);
      const expected = theirs.call(x, { training: mode === 'training' }) as Tensor;
      expect(output.shape).toEqual(expected.shape);
      // Two float32 sums of a few dozen products in different orders.
      expect(relativeError(output, expected), mode).toBeLessThan(1e-6);
      const moved = theirs.getWeights().slice(weights.parameters.length);
      expect(moved).toHaveLength(statistics.length);
      statistics.forEach((each, i) => {
        expect(relativeError(each, moved[i]!), `${mode}: statistic ${i}`).toBeLessThan(1e-6);
      });
    });
  }
}
