import { describe, expect, test } from 'vitest';
import { outerOptimizers } from '../../test/parts.js';
import type { OuterOptimizer } from '../types.js';
import { adamDescent } from './adam-descent.js';
import { gradientDescent } from './gradient-descent.js';
import { normalizedDescent } from './normalized-descent.js';
import { signDescent } from './sign-descent.js';

const once = (optimizer: OuterOptimizer, gradient: number[]) =>
  optimizer.update([1, 2], gradient, optimizer.initialize([1, 2])).metaparameters;

describe.each(Object.values(outerOptimizers).flat())('$name', (optimizer) => {
  test('comes within reach of the minimum of a quadratic', () => {
    // V = (x − 3)² / 2 + 2 (y + 1)²: from (1, 2) no rule needs more than 1,000 steps.
    let state = optimizer.initialize([1, 2]);
    let at: readonly number[] = [1, 2];
    for (let i = 0; i < 1000; i++) {
      const [x, y] = at as [number, number];
      ({ metaparameters: at, state } = optimizer.update(at, [x - 3, 4 * (y + 1)], state));
    }
    expect(Math.hypot((at[0] as number) - 3, (at[1] as number) + 1)).toBeLessThan(0.05);
  });

  test('stays where it is when the hypergradient is zero', () => {
    expect(once(optimizer, [0, 0])).toEqual([1, 2]);
  });

  test('keeps a state that survives JSON', () => {
    const { state } = optimizer.update([1, 2], [0.3, -2], optimizer.initialize([1, 2]));
    const restored = JSON.parse(JSON.stringify(state));
    expect(optimizer.update([1, 2], [1, 1], restored)).toEqual(optimizer.update([1, 2], [1, 1], state));
  });
});

test('gradient descent clips each component before it scales', () => {
  // 0.1 · 0.01 at most, the paper's step
  expect(once(gradientDescent({ learningRate: 0.1, clipValue: 0.01 }), [5, -0.004])).toEqual([
    expect.closeTo(0.999, 12),
    expect.closeTo(2.0004, 12),
  ]);
});

test('normalised descent moves by its learning rate', () => {
  // (3, 4) / 5
  expect(once(normalizedDescent({ learningRate: 0.5 }), [3, 4])).toEqual([
    expect.closeTo(0.7, 12),
    expect.closeTo(1.6, 12),
  ]);
});

test("Adam's first step is its learning rate against the sign", () => {
  expect(once(adamDescent({ learningRate: 0.1 }), [1e-3, -70])).toEqual([
    expect.closeTo(0.9, 5),
    expect.closeTo(2.1, 5),
  ]);
});

test('a learning rate that is not positive, and decays outside their range, are refused', () => {
  expect(() => adamDescent({ learningRate: 0.1, beta2: 1 })).toThrow(
    'adamDescent: beta2 is 1; expected a number in [0, 1).',
  );
  expect(() => signDescent({ learningRate: 0 })).toThrow(
    'signDescent: learningRate is 0; expected a positive number.',
  );
});
