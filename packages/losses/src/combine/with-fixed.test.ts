import { expectNoLeak } from '@metadistill/testing';
import { expect, test } from 'vitest';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { goldenBatch } from '../../test/golden.js';
import { convexMix } from '../distillation/convex-mix.js';
import { withFixed } from './with-fixed.js';

test('leaves the other metaparameters with the values and derivatives of the whole loss', async () => {
  const whole = convexMix({ scaling: 'none' });
  const loss = withFixed(whole, { temperature: 4 });
  expect(loss.metaparameters).toEqual(['distillationFraction']);
  await expectNoLeak(() => {
    const got = evaluateLoss(loss, goldenBatch, { distillationFraction: 0.3 });
    const expected = evaluateLoss(whole, goldenBatch, { distillationFraction: 0.3, temperature: 4 });
    expect(got.gradient).toEqual(expected.gradient);
    expect(got.byMetaparameter).toEqual({
      distillationFraction: expected.byMetaparameter.distillationFraction,
    });
    expect(got.mixed).toEqual({ distillationFraction: expected.mixed.distillationFraction });
  });
});

test('refuses a name that the loss does not have', () => {
  const loss = convexMix({ scaling: 'none' });
  expect(() => withFixed(loss, { tau: 4 } as unknown as { temperature: number })).toThrow(
    'has no metaparameter tau; expected one of distillationFraction, temperature',
  );
});
