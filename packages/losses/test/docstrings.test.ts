import { expect, test } from 'vitest';
import { exportedFunctions, isFeatureLoss, isLogitLoss } from './exported-functions.js';

const exported = exportedFunctions();
const losses = exported.filter((each) => isLogitLoss(each) || isFeatureLoss(each));

test('finds the losses of this package', () => {
  expect(losses.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['distillation', 'dkd', 'nkd', 'hint', 'relationalAngle', 'weightedSum']),
  );
  expect(losses.length).toBeGreaterThanOrEqual(18);
});

test.each(losses)(
  '$name says its shapes, who owns its tensors, and where it is from',
  ({ comment, declaration }) => {
    expect(comment).toMatch(/`\[batch, (?:classes|\.\.\.)\]`/);
    expect(comment).toContain('belong to the caller');
    // What combines other losses is from nobody.
    if (!/: LogitLoss<\w+>,|ConvexCombinationOptions|: Terms\b|<Terms>/.test(declaration)) {
      expect(comment).toContain('@see');
    }
  },
);

test.each(exported)('$name has a comment', ({ comment }) => {
  expect(comment).not.toBe('');
});
