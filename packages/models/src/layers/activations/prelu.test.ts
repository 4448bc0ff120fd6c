import { tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainPrelu } from '../../../test/plain/plain-layers.js';
import { prelu } from './prelu.js';

const example = [4, 5, 2];
const inputShape = [3, ...example];
const at = (i: number) => ({ row: Math.floor(i / 10) % 4, column: Math.floor(i / 2) % 5, channel: i % 2 });

onEachBackend(() => {
  describe.each<{ sharedAxes: number[]; slopeOf: (i: number) => number }>([
    { sharedAxes: [], slopeOf: (i) => i % 40 },
    { sharedAxes: [1, 2], slopeOf: (i) => at(i).channel },
    { sharedAxes: [3], slopeOf: (i) => 5 * at(i).row + at(i).column },
    { sharedAxes: [1, 2, 3], slopeOf: () => 0 },
  ])('sharedAxes $sharedAxes', ({ sharedAxes, slopeOf }) => {
    const layer = prelu({ inputShape: example, sharedAxes });

    test('output and derivatives agree with a float64 reference', async () => {
      expectDerivativesOf(plainPrelu(slopeOf), { layer, inputShape });
      expectAdjoint({ layer, inputShape });
      await expectSecondOrder({ layer, inputShape });
    });
  });

  test('slopes begin at 0.25', () => {
    tidy(() => {
      const { parameters } = prelu({ inputShape: [2, 3], sharedAxes: [1] }).initialize(() => 0);
      expect(parameters[0]!.arraySync()).toEqual([[0.25, 0.25, 0.25]]);
    });
  });
});

test('axes that are none, and other inputs, are refused', () => {
  expect(() => prelu({ inputShape: [2, 3], sharedAxes: [0] })).toThrow(
    'prelu: sharedAxes is [0]; expected axes from 1 to 2. Axis 0 is the batch.',
  );
  expect(() => prelu({ inputShape: [0] })).toThrow(
    'prelu: inputShape is [0]; expected the shape of one example',
  );
  expect(() => prelu({ inputShape: [2, 3] }).outputShape([3])).toThrow(
    'prelu: input has shape [batch, 3]; expected [batch, 2, 3]. Correct inputShape.',
  );
});
