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

test.each([
  [{}, 0.9, 0.999],
  [{ beta1: 0, beta2: 0 }, 0, 0],
  [{ beta1: 0.5, beta2: 0.9 }, 0.5, 0.9],
])('Adam with %j takes the steps of its formula', (betas, beta1, beta2) => {
  const optimizer = adamDescent({ learningRate: 0.1, ...betas });
  let state = optimizer.initialize([1]);
  let at: readonly number[] = [1];
  let [x, m, n] = [1, 0, 0];
  for (const [t, g] of [0.3, -2, 0.7].entries()) {
    ({ metaparameters: at, state } = optimizer.update(at, [g], state));
    m = beta1 * m + (1 - beta1) * g;
    n = beta2 * n + (1 - beta2) * g * g;
    x -= (0.1 * m) / (1 - beta1 ** (t + 1)) / (Math.sqrt(n / (1 - beta2 ** (t + 1))) + 1e-8);
    expect(at[0]).toBeCloseTo(x, 12);
  }
});

describe('sparse Adam', () => {
  const sparse = adamDescent({ learningRate: 0.1, sparse: true });
  const dense = adamDescent({ learningRate: 0.1 });
  const run = (optimizer: OuterOptimizer, gradients: readonly number[][], start: readonly number[]) => {
    let state = optimizer.initialize(start);
    let at = start;
    for (const gradient of gradients) ({ metaparameters: at, state } = optimizer.update(at, gradient, state));
    return { at, state };
  };

  test('moves each number as Adam does that sees its own hypergradients alone', () => {
    const { at, state } = run(
      sparse,
      [
        [1, 0, 0],
        [0, 0, -3],
        [2, 0, 0],
        [-1, 0, 5],
      ],
      [1, 2, 3],
    );
    const first = run(dense, [[1], [2], [-1]], [1]).at;
    const third = run(dense, [[-3], [5]], [3]).at;
    expect(at).toEqual([first[0], 2, third[0]]);
    expect(state).toMatchObject({ step: [3, 0, 2] });
  });

  test('is Adam if every number has a hypergradient', () => {
    const gradients = [
      [1, -2],
      [0.5, 3],
      [2, 1],
    ];
    expect(run(sparse, gradients, [1, 2]).at).toEqual(run(dense, gradients, [1, 2]).at);
  });

  test('leaves a number without one alone, where Adam coasts on', () => {
    const gradients = [[1], [0]];
    expect(run(sparse, gradients, [1]).at).toEqual(run(sparse, [[1]], [1]).at);
    expect(run(dense, gradients, [1]).at).not.toEqual(run(dense, [[1]], [1]).at);
  });

  test('takes over the state of plain Adam, and the other way round', () => {
    const { at, state } = run(
      dense,
      [
        [1, 2],
        [3, -1],
      ],
      [1, 2],
    );
    const expected = dense.update(at, [2, 2], state).metaparameters;
    expect(sparse.update(at, [2, 2], state).metaparameters).toEqual(expected);
    const { state: each } = sparse.update(at, [2, 0], state);
    expect(each).toMatchObject({ step: [3, 2] });
    expect(dense.update(at, [2, 2], each).state).toMatchObject({ step: [4, 3] });
  });
});

test('sign descent moves each component by its learning rate against the sign', () => {
  expect(once(signDescent({ learningRate: 0.5 }), [1e-9, -70])).toEqual([0.5, 2.5]);
});

test('the moments of Adam are plain data by the names that snapshots keep', () => {
  const optimizer = adamDescent({ learningRate: 0.1 });
  expect(optimizer.initialize([1, 2])).toEqual({ first: [0, 0], second: [0, 0], step: 0 });
});

test('a learning rate that is not positive, and decays outside their range, are refused', () => {
  expect(() => adamDescent({ learningRate: 0.1, beta2: 1 })).toThrow(
    'adamDescent: beta2 is 1; expected a number in [0, 1).',
  );
  expect(() => adamDescent({ learningRate: 0.1, beta1: -0.1 })).toThrow('adamDescent: beta1 is -0.1;');
  expect(() => gradientDescent({ learningRate: 0.1, clipValue: 0 })).toThrow(
    'gradientDescent: clipValue is 0; expected a positive number. Leave it out for the default.',
  );
  for (const optimizer of [gradientDescent, signDescent, normalizedDescent, adamDescent]) {
    for (const learningRate of [0, -1, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(() => optimizer({ learningRate })).toThrow(
        `${optimizer.name}: learningRate is ${learningRate}; expected a positive number. ` +
          '0.05 is a good start; it counts in the coordinates of the space.',
      );
    }
  }
});
