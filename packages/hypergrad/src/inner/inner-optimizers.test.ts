import { axpy, centralDifference, inFloat64, inner, relativeError, toNumbers } from '@metadistill/testing';
import { type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { innerOptimizers } from '../../test/parts.js';
import type { InnerOptimizer } from '../types.js';
import { adam } from './adam.js';
import { momentum } from './momentum.js';
import { sgd } from './sgd.js';
import { withWeightDecay } from './with-weight-decay.js';

const learningRate = 0.1;
const [first, second, epsilon] = [0.9, 0.999, 1e-8];

/** Each rule in float64, from the gradients of all steps so far to the weight after them. */
const references: [InnerOptimizer, (w: number, gradients: readonly number[]) => number][] = [
  [sgd(), (w, gradients) => gradients.reduce((at, g) => at - learningRate * g, w)],
  [momentum({ momentum: 0.9 }), (w, gradients) => withMoments(w, gradients, false)],
  [momentum({ momentum: 0.9, nesterov: true }), (w, gradients) => withMoments(w, gradients, true)],
  [adam(), adamReference],
  [
    withWeightDecay({ optimizer: sgd(), weightDecay: 0.3 }),
    (w, gradients) => gradients.reduce((at, g) => at - learningRate * (g + 0.3 * at), w),
  ],
  [
    withWeightDecay({ optimizer: momentum({ momentum: 0.5 }), weightDecay: 0.3 }),
    (w, gradients) => {
      let moment = 0;
      return gradients.reduce((at, g) => {
        moment = 0.5 * moment + g + 0.3 * at;
        return at - learningRate * moment;
      }, w);
    },
  ],
];

function withMoments(w: number, gradients: readonly number[], nesterov: boolean): number {
  let moment = 0;
  return gradients.reduce((at, g) => {
    moment = 0.9 * moment + g;
    return at - learningRate * (nesterov ? g + 0.9 * moment : moment);
  }, w);
}

function adamReference(w: number, gradients: readonly number[]): number {
  let [m, n] = [0, 0];
  return gradients.reduce((at, g, t) => {
    m = first * m + (1 - first) * g;
    n = second * n + (1 - second) * g * g;
    return (
      at - (learningRate * m) / (1 - first ** (t + 1)) / (Math.sqrt(n / (1 - second ** (t + 1))) + epsilon)
    );
  }, w);
}

const w = [0.5, -1.2, 2];
const gradients = [
  [0.3, -0.7, 1.1],
  [-0.2, 0.4, 0.9],
  [0.8, 0.1, -0.5],
];
const columns = (at: number) => gradients.map((g) => g[at] as number);

const scattered = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => Math.sin(3 * i + 7 * seed));

/** Consecutive tensors of the length of w. */
const chunks = (values: readonly number[]): Tensor[] =>
  Array.from({ length: values.length / w.length }, (_, i) =>
    tensor1d(values.slice(i * w.length, (i + 1) * w.length)),
  );

/** Runs all steps but the last; the last step's input. */
function beforeLastStep(optimizer: InnerOptimizer) {
  let parameters: readonly ReturnType<typeof tensor1d>[] = [tensor1d(w)];
  let state = optimizer.initialize(parameters);
  for (const g of gradients.slice(0, -1)) {
    ({ parameters, state } = optimizer.step({
      parameters,
      gradient: [tensor1d(g)],
      state,
      learningRate,
    }) as never);
  }
  return { parameters, gradient: [tensor1d(gradients.at(-1) as number[])], state, learningRate };
}

describe.each(references)('$name', (optimizer, reference) => {
  test('takes the steps of its float64 formula', () => {
    tidy(() => {
      const { parameters } = optimizer.step(beforeLastStep(optimizer));
      const expected = w.map((value, i) => reference(value, columns(i)));
      expect(relativeError(parameters[0]!, expected)).toBeLessThan(1e-6); // three float32 steps
    });
  });

  test('pulls a cotangent back by the derivative of its step by the last gradient', () => {
    tidy(() => {
      const v = [1.5, -0.4, 0.7];
      const { gradient } = optimizer.vjp(beforeLastStep(optimizer), { parameters: [tensor1d(v)] });
      const expected = w.map((value, i) => {
        const past = columns(i).slice(0, -1);
        const [slope] = centralDifference(
          ([g]) => reference(value, [...past, g as number]),
          columns(i).slice(-1),
        );
        return (slope as number) * (v[i] as number);
      });
      // Adam's bracket subtracts two terms of similar size: some ten float32 ulps.
      expect(relativeError(gradient[0]!, expected)).toBeLessThan(1e-5);
    });
  });

  test('differentiates its step by weights, gradient and state, forwards and backwards', async () => {
    await inFloat64(() =>
      tidy(() => {
        const at = beforeLastStep(optimizer);
        // The last state of Adam is the number of the step: a constant.
        const moments = at.state.filter(({ shape }) => shape.length === 1);
        const x = [at.parameters[0]!, at.gradient[0]!, ...moments].flatMap(toNumbers);
        const unflatten = (values: readonly number[]) => {
          const [parameter, gradient, ...state] = chunks(values) as [Tensor, Tensor, ...Tensor[]];
          return {
            parameters: [parameter],
            gradient: [gradient],
            state: [...state, ...at.state.slice(state.length)],
          };
        };
        const step = (values: readonly number[]) => {
          const { parameters, state } = optimizer.step({ ...at, ...unflatten(values) });
          return [...parameters, ...state.slice(0, moments.length)].flatMap(toNumbers);
        };
        // In units of each number: Adam's second moments are a thousand times smaller than the rest.
        const along = scattered(x.length, 1).map((value, i) => value * x[i]!);
        const u = scattered(step(x).length, 2);

        const forward = optimizer.jvp(at, unflatten(along));
        const tangent = [...forward.parameters, ...forward.state.slice(0, moments.length)].flatMap(toNumbers);
        const h = 1e-6;
        const difference = axpy(step(axpy(x, along, h)), step(axpy(x, along, -h)), -1);
        // h² times a third derivative, and 1e-16 / h.
        expect(
          relativeError(
            tangent,
            difference.map((value) => value / (2 * h)),
          ),
        ).toBeLessThan(1e-8);

        const [parameter, ...state] = chunks(u) as [Tensor, ...Tensor[]];
        const cotangent = { parameters: [parameter], state: [...state, ...at.state.slice(state.length)] };
        const backward = optimizer.vjp(at, cotangent);
        const pulled = [
          ...backward.parameters,
          ...backward.gradient,
          ...backward.state.slice(0, moments.length),
        ].flatMap(toNumbers);
        expect(inner(pulled, along)).toBeCloseTo(inner(u, tangent), 12); // ⟨Jᵀu, a⟩ = ⟨u, Ja⟩
      }),
    );
  });

  test('gives a finite factor where gradient and moments are zero', () => {
    tidy(() => {
      const parameters = [tensor1d(w)];
      const zero = {
        parameters,
        gradient: [tensor1d([0, 0, 0])],
        state: optimizer.initialize(parameters),
        learningRate,
      };
      const { gradient } = optimizer.vjp(zero, { parameters: [tensor1d([1, 1, 1])] });
      expect(toNumbers(gradient[0]!).every(Number.isFinite)).toBe(true);
    });
  });
});

test('has a float64 formula above for every rule', () => {
  const tested = references.map(([{ name }]) => name);
  const all = Object.values(innerOptimizers).flat();
  expect(all.map(({ name }) => name).filter((name) => !tested.includes(name))).toEqual([]);
});

test('options outside their ranges are refused', () => {
  expect(() => momentum({ momentum: 1 })).toThrow('momentum: momentum is 1; expected a number in [0, 1).');
  expect(() => adam({ beta2: -1 })).toThrow('adam: beta2 is -1');
  expect(() => withWeightDecay({ optimizer: sgd(), weightDecay: -1 })).toThrow(
    'withWeightDecay: weightDecay is -1',
  );
});

test('a state of other parameters is refused', () => {
  const input = { parameters: [tensor1d(w)], gradient: [tensor1d(w)], state: [], learningRate };
  expect(() => momentum({ momentum: 0.9 }).step(input)).toThrow(
    'momentum: state has 0 tensors; expected 1. Start with initialize(parameters) of this optimizer.',
  );
  expect(() => adam().step(input)).toThrow('adam: state has 0 tensors; expected 3.');
  const other = adam().initialize([tensor1d([1, 2])]);
  expect(() => adam().step({ ...input, state: other })).toThrow(
    'adam: state[0] has shape [2]; expected [3]. Start with initialize(parameters) of this optimizer.',
  );
});
