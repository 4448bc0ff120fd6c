import { relativeError } from '@metadistill/testing';
import { tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf } from '../../../test/expect-derivatives.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainActivations } from '../../../test/plain/plain-activations.js';
import { scatteredOf, tensorOf } from '../../../test/values.js';
import { type ActivationOptions, activation } from './activation.js';
import { numberedFunctions, plainFunctions } from './functions/functions.js';

const none = { parameters: [], statistics: [] };
const kinds = Object.keys(plainActivations) as (keyof typeof plainActivations)[];
const of = (kind: keyof typeof plainActivations) =>
  activation((kind === 'clippedRelu' ? { kind, maxValue: 2.5 } : { kind }) as ActivationOptions);
const inputShape = [3, 4, 5, 2];
// Up to 7: beyond every kink, the last of which is at 6.
const spread = 7;

test('every function is tested', () => {
  expect(kinds.sort()).toEqual([...Object.keys(plainFunctions), ...Object.keys(numberedFunctions)].sort());
});

onEachBackend(() => {
  describe.each(kinds)('%s', (kind) => {
    const f: (x: number) => number = plainActivations[kind];

    test('output, vjp and jvp agree with a float64 reference', () => {
      const reference = (_: unknown, x: readonly number[]) => x.map(f);
      expectDerivativesOf(reference, { layer: of(kind), inputShape, spread });
      expectAdjoint({ layer: of(kind), inputShape });
    });

    test('second order agrees with differences of the float64 reference', () => {
      const x = scatteredOf(inputShape, 1).map((value) => spread * value);
      const [dy, dx, dyTangent] = [2, 3, 4].map((seed) => scatteredOf(inputShape, seed)) as [
        number[],
        number[],
        number[],
      ];
      // Off by h² times a fourth derivative, and by 1e-16 times up to 7 values of size 7 over h².
      const h = 1e-4;
      const first = x.map((at) => (f(at + h) - f(at - h)) / (2 * h));
      const second = x.map((at) => (f(at + h) - 2 * f(at) + f(at - h)) / h ** 2);
      tidy(() => {
        const layer = of(kind);
        const { cache } = layer.forward(none, tensorOf(x, inputShape), 'training');
        const pass = layer.secondOrder!(none, cache, tensorOf(dy, inputShape), true);
        expect(
          relativeError(
            pass.input!,
            first.map((slope, i) => slope * dy[i]!),
          ),
        ).toBeLessThan(2e-5);
        const moved = pass.along([], tensorOf(dx, inputShape));
        expect(
          relativeError(
            moved.output,
            first.map((slope, i) => slope * dx[i]!),
          ),
        ).toBeLessThan(2e-5);
        const expected = x.map((_, i) => first[i]! * dyTangent[i]! + second[i]! * dy[i]! * dx[i]!);
        const { input } = moved.pullBack(tensorOf(dyTangent, inputShape));
        expect(relativeError(input!, expected)).toBeLessThan(2e-5);
      });
    });
  });

  test('a slope, a threshold and a largest value of your own', () => {
    tidy(() => {
      const x = tensorOf([-2, 0.5, 3], [1, 3]);
      const outputOf = (options: ActivationOptions) =>
        // Adding 0 makes −0 a 0.
        Array.from(activation(options).forward(none, x, 'training').output.dataSync()).map((y) => y + 0);
      expect(outputOf({ kind: 'leakyRelu', slope: -0.5 })).toEqual([1, 0.5, 3]);
      expect(outputOf({ kind: 'thresholdedRelu', theta: 0.25 })).toEqual([0, 0.5, 3]);
      expect(outputOf({ kind: 'clippedRelu', maxValue: 0.75 })).toEqual([0, 0.5, 0.75]);
    });
  });
});

test('an unknown function, options of another one, and numbers out of range are refused', () => {
  const refused = (options: unknown) => () => activation(options as ActivationOptions);
  expect(refused({ kind: 'sigmiod' })).toThrow("activation: unknown kind 'sigmiod'; did you mean 'sigmoid'?");
  expect(refused({})).toThrow('activation: kind is undefined; expected one of elu, gelu,');
  expect(refused(undefined)).toThrow('activation: options is undefined; expected an object');
  expect(refused({ kind: 'sigmoid', slope: 1 })).toThrow("activation: unknown option 'slope'");
  expect(refused({ kind: 'leakyRelu', slope: Number.NaN })).toThrow(
    'activation: slope is NaN; expected a finite number.',
  );
  expect(refused({ kind: 'clippedRelu' })).toThrow(
    'activation: maxValue is undefined; expected a number of at least 0.',
  );
  expect(refused({ kind: 'thresholdedRelu', theta: -1 })).toThrow(
    'activation: theta is -1; expected a number of at least 0.',
  );
});
