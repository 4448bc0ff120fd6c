import { relativeError } from '@metadistill/testing';
import { tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainLayerNorm } from '../../../test/plain/plain-layers.js';
import { scatteredOf, tensorOf } from '../../../test/values.js';
import { layerNorm } from './layer-norm.js';

onEachBackend(() => {
  test.each([
    [[3, 5], [5]],
    [[2, 3, 4], [4]],
    [
      [2, 3, 2, 2],
      [3, 2, 2],
    ],
  ])('an input %j is normalised over its last axes %j', async (inputShape, normalizedShape) => {
    const at = { layer: layerNorm({ normalizedShape }), inputShape };
    const values = normalizedShape.reduce((a, b) => a * b);
    expectDerivativesOf(plainLayerNorm(values, 1e-5), at);
    await expectSecondOrder(at);
  });

  test('an example far from zero is normalised without loss', () => {
    // E[x²] − E[x]² in float32 would be off by 1e6 · 6e-8 = 0.06 where the variance is 0.3.
    const x = scatteredOf([1, 64], 3).map((value) => Math.fround(1000 + value));
    tidy(() => {
      const layer = layerNorm({ normalizedShape: [64] });
      const weights = layer.initialize(() => 0);
      const { output } = layer.forward(weights, tensorOf(x, [1, 64]), 'training');
      const [ones, zeros] = [x.map(() => 1), x.map(() => 0)];
      // A sum near 64,000 is rounded to 0.004, which the mean inherits as some 1e-4 of the deviation.
      expect(relativeError(output, plainLayerNorm(64, 1e-5)([ones, zeros], x))).toBeLessThan(1e-3);
    });
  });
});

test('other axes are refused, and options that are none', () => {
  const layer = layerNorm({ normalizedShape: [3, 2] });
  expect(() => layer.outputShape([4, 2, 3])).toThrow(
    'layerNorm: input has shape [batch, 4, 2, 3]; expected [batch, ..., 3, 2].',
  );
  expect(() => layer.outputShape([2])).toThrow('layerNorm: input has shape [batch, 2]; expected');
  expect(() => layerNorm({ normalizedShape: 3 as never })).toThrow(
    'layerNorm: normalizedShape is 3; expected the lengths of the last axes, such as [64].',
  );
  expect(() => layerNorm({ normalizedShape: [3], epsilon: Number.NaN })).toThrow(
    'layerNorm: epsilon is NaN; expected a number of at least 0.',
  );
});
