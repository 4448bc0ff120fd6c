import { describe, expect, test } from 'vitest';
import { evaluateFeatures, expectFeatureGradient, features } from '../../test/expect-feature-gradient.js';
import { attentionTransfer } from './attention-transfer.js';

const student = { shape: [1, 1, 2, 1], values: [Math.sqrt(3), 2] };
const teacher = { shape: [1, 1, 2, 2], values: [1, 1, 0, 0] };

test('compares unit maps of mean squares: by hand, (3, 4)/5 against (1, 0)', () => {
  // Squares 0.4² + 0.8² = 0.8, over 2 positions or under the root.
  expect(evaluateFeatures(attentionTransfer({ convention: 'code' }), student, teacher).value).toBeCloseTo(
    0.4,
    6,
  );
  const paper = evaluateFeatures(attentionTransfer({ convention: 'paper' }), student, teacher);
  expect(paper.value).toBeCloseTo(Math.sqrt(0.8), 6);
});

describe.each(['code', 'paper'] as const)('convention %s', (convention) => {
  const loss = attentionTransfer({ convention });

  test('the gradient is the difference quotient of the value, for different channels', async () => {
    expectFeatureGradient(loss, features([2, 3, 2, 3], 1), features([2, 3, 2, 5], 2));
  });

  test('equal maps and maps of zeros give a finite gradient of zero', () => {
    const same = features([2, 2, 2, 3], 1);
    expect(evaluateFeatures(loss, same, same).gradient.every((entry) => Math.abs(entry) < 1e-6)).toBe(true);
    const dead = { shape: [1, 1, 2, 1], values: [0, 0] };
    expect(evaluateFeatures(loss, dead, teacher).gradient.map(Math.abs)).toEqual([0, 0]);
  });
});

test('refuses maps of another size and unknown conventions', () => {
  const run = () =>
    evaluateFeatures(
      attentionTransfer({ convention: 'code' }),
      features([2, 2, 2, 3], 1),
      features([2, 4, 4, 3], 2),
    );
  expect(run).toThrow('of the same height and width. Pool the larger map');
  expect(() => attentionTransfer({ convention: 'mean' as 'code' })).toThrow("convention is 'mean'");
});
