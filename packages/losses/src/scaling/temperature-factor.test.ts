import { describe, expect, test } from 'vitest';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { goldenBatch } from '../../test/golden.js';
import { convexMix } from '../distillation/convex-mix.js';
import { distillation } from '../distillation/distillation.js';
import { type TemperatureFactor, temperatureFactorOf } from './temperature-factor.js';

test.each([
  ['none', 1, 0],
  ['squared', 9, 6],
] as const)('%s is %f at T = 3, with the slope %f', (scaling, factor, slope) => {
  const given = temperatureFactorOf('loss', scaling);
  expect([given.name, given.factor(3), given.slope(3)]).toEqual([scaling, factor, slope]);
});

describe('a factor of your own', () => {
  const scaling: TemperatureFactor = {
    name: 'T^1.5',
    factor: (T) => T ** 1.5,
    slope: (T) => 1.5 * Math.sqrt(T),
  };

  test('stands in front of the divergence, with all its derivatives', () => {
    const loss = convexMix({ scaling });
    expect(loss.name).toBe('convexMix(forwardKL, scaling=T^1.5)');
    for (const divergence of ['forwardKL', 'reverseKL', 'jensenShannon'] as const) {
      expectDerivatives(distillation({ divergence, scaling }), goldenBatch, { temperature: 4 });
    }
    expectDerivatives(loss, goldenBatch, { distillationFraction: 0.3, temperature: 4 });
    const [plain, scaled] = [distillation({ scaling: 'none' }), distillation({ scaling })].map(
      (each) => evaluateLoss(each, goldenBatch, { temperature: 4 }).value,
    );
    expect(scaled! / plain!).toBeCloseTo(8, 5);
  });

  test('is refused if it is none, or its values are not those of one', () => {
    const message = (given: unknown) => () => distillation({ scaling: given as TemperatureFactor });
    expect(message('cubed')).toThrow(
      `distillation: scaling is 'cubed'; expected 'none', 'squared' or a factor such as matchedScaling makes.`,
    );
    expect(message(undefined)).toThrow('distillation: scaling is undefined;');
    expect(message({ name: 'half' })).toThrow(RangeError);
    const valued = (factor: number, slope: number) => () =>
      evaluateLoss(
        distillation({ scaling: { name: 'bad', factor: () => factor, slope: () => slope } }),
        goldenBatch,
        { temperature: 2 },
      );
    expect(valued(0, 1)).toThrow('distillation: scaling.factor(2) is 0; expected a finite number above 0.');
    expect(valued(1, Number.NaN)).toThrow('distillation: scaling.slope(2) is NaN; expected a finite number.');
  });
});
