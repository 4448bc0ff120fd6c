import { torchRandom } from '@metadistill/datasets';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { expectNoLeakOf } from '../../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainDepthwise } from '../../../test/plain/plain-layers.js';
import { conv2d } from './conv2d.js';
import { depthwiseConv2d } from './depthwise-conv2d.js';

// Image of 5×6; the zeros before it and the sides after it follow from PyTorch's and TensorFlow's rules by hand.
const cases = [
  { kernelSize: 3, zerosBefore: 0, outputSides: [3, 4] },
  { kernelSize: 3, padding: 'same', depthMultiplier: 2, zerosBefore: 1, outputSides: [5, 6] },
  { kernelSize: 3, padding: 1, strides: 2, zerosBefore: 1, outputSides: [3, 3] },
  {
    kernelSize: [2, 3],
    padding: 'same',
    strides: 3,
    depthMultiplier: 3,
    zerosBefore: [0, 0],
    outputSides: [2, 2],
  },
  { kernelSize: 1, strides: [1, 2], useBias: false, zerosBefore: 0, outputSides: [5, 3] },
  { kernelSize: [3, 2], padding: 'same', dilationRate: [2, 3], zerosBefore: [2, 1], outputSides: [5, 6] },
  { kernelSize: 2, dilationRate: 2, depthMultiplier: 2, zerosBefore: 0, outputSides: [3, 4] },
] as const;

onEachBackend(() => {
  test.each(cases)('agrees with a float64 reference, derivatives included: %j', async (options) => {
    const { zerosBefore, outputSides, ...rest } = options;
    const inputShape = [2, 5, 6, 2] as const;
    const reference = plainDepthwise({
      inputShape,
      kernelSize: rest.kernelSize,
      multiplier: 'depthMultiplier' in rest ? rest.depthMultiplier : 1,
      strides: 'strides' in rest ? rest.strides : 1,
      dilations: 'dilationRate' in rest ? rest.dilationRate : 1,
      zerosBefore,
      outputSides,
    });
    const at = { layer: depthwiseConv2d({ inputs: 2, ...rest }), inputShape };
    expectDerivativesOf(reference, at);
    await expectSecondOrder(at);
    expectNoLeakOf(at);
  });

  test('vjp is the adjoint of jvp at any shape', () => {
    const side = fc.integer({ min: 5, max: 8 });
    const few = fc.integer({ min: 1, max: 3 });
    const sizes = fc.tuple(few, few);
    fc.assert(
      fc.property(
        fc.tuple(few, side, side, fc.integer({ min: 1, max: 9 })),
        sizes,
        sizes,
        few,
        fc.boolean(),
        fc.constantFrom('valid' as const, 'same' as const, 0),
        (inputShape, kernelSize, steps, depthMultiplier, strided, padding) => {
          const layer = depthwiseConv2d({
            inputs: inputShape[3],
            depthMultiplier,
            kernelSize,
            [strided ? 'strides' : 'dilationRate']: steps,
            padding,
          });
          fc.pre(strided || steps.every((step, i) => step * (kernelSize[i]! - 1) < 5));
          expectAdjoint({ layer, inputShape });
        },
      ),
      { numRuns: 30 },
    );
  });
});

test('initial weights are those of a convolution of one channel with as many outputs, as PyTorch draws groups', () => {
  const draw = (layer: ReturnType<typeof conv2d> | ReturnType<typeof depthwiseConv2d>) =>
    layer.initialize(torchRandom(42).uniform).parameters.map((each) => Array.from(each.dataSync()));
  expect(draw(depthwiseConv2d({ inputs: 3, depthMultiplier: 2, kernelSize: [2, 3] }))).toEqual(
    draw(conv2d({ inputs: 1, outputs: 6, kernelSize: [2, 3] })),
  );
});

test('an image of other channels is refused, and a multiplier that is none', () => {
  expect(() => depthwiseConv2d({ inputs: 3, kernelSize: 3 }).outputShape([5, 5, 2])).toThrow(
    'depthwiseConv2d: input has shape [batch, 5, 5, 2]; expected [batch, height, width, 3].',
  );
  expect(() => depthwiseConv2d({ inputs: 3, kernelSize: 3, depthMultiplier: 0.5 })).toThrow(
    'depthwiseConv2d: depthMultiplier is 0.5; expected a positive integer.',
  );
});
