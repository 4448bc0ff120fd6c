import { inFloat64, relativeError } from '@metadistill/testing';
import { getBackend, setBackend, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { addScaled, type Mode, type Model, type Weights } from '../src/index.js';
import { scatteredTensor } from './values.js';

const numbers = (tensors: readonly Tensor[]) => tensors.flatMap((each) => Array.from(each.dataSync()));
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/**
 * A model's `jvp` against its `vjp`, and its second order against differences of the two in float64. `weightsOf` makes the
 * weights anew, in the precision in use.
 */
export async function expectModelDerivatives(
  model: Model,
  weightsOf: () => Weights,
  mode: Mode,
  inputsOf: () => Tensor,
): Promise<void> {
  const point = () => {
    const inputs = inputsOf();
    return {
      weights: weightsOf(),
      inputs,
      u: scatteredTensor([inputs.shape[0]!, model.classes], 20) as Tensor2D,
      uTangent: scatteredTensor([inputs.shape[0]!, model.classes], 21) as Tensor2D,
      v: model.parameters.map(({ shape }, i) => scatteredTensor(shape, 31 + i)),
    };
  };
  const rules = () =>
    tidy(() => {
      const { weights, inputs, u, uTangent, v } = point();
      const { cache } = model.forward(weights, inputs, mode);
      const pass = model.secondOrder!(weights, cache, u);
      const along = pass.along(v);
      return {
        u: numbers([u]),
        v: numbers(v),
        gradient: numbers(model.vjp(weights, cache, u)),
        tangent: numbers([model.jvp!(weights, cache, v)]),
        backward: numbers(pass.parameters),
        along: numbers([along.logits]),
        pulled: numbers(along.pullBack(uTangent)),
      };
    });
  const differences = () =>
    tidy(() => {
      const { weights, inputs, u, uTangent, v } = point();
      const at = (h: number) => {
        const moved = { ...weights, parameters: addScaled(weights.parameters, v, h) };
        const { logits, cache } = model.forward(moved, inputs, mode);
        const [cotangent] = addScaled([u], [uTangent], h) as [Tensor2D];
        return { logits: numbers([logits]), gradient: numbers(model.vjp(moved, cache, cotangent)) };
      };
      // Small, to stay clear of kinks.
      const [after, before] = [at(1e-6), at(-1e-6)];
      const slope = (a: number[], b: number[]) => a.map((value, i) => (value - b[i]!) / 2e-6);
      return {
        tangent: slope(after.logits, before.logits),
        pulled: slope(after.gradient, before.gradient),
      };
    });
  const got = rules();
  const forward = got.tangent.map((value, i) => value * got.u[i]!);
  const backward = got.gradient.map((value, i) => value * got.v[i]!);
  const scale = sum(forward.map(Math.abs)) + sum(backward.map(Math.abs)) + 1e-30;
  // Sums of float32 products, each off by 6e-8 of its size, through a few layers.
  expect(
    Math.abs(sum(forward) - sum(backward)) / scale,
    `${model.name} (${mode}): ⟨Jv, u⟩ − ⟨v, Jᵀu⟩`,
  ).toBeLessThan(2e-5);

  const backend = getBackend();
  await setBackend('cpu');
  const [exact, difference] = inFloat64(() => [rules(), differences()] as const);
  await setBackend(backend);
  const within = (name: 'tangent' | 'along' | 'backward' | 'pulled', expected: number[], tolerance: number) =>
    expect(relativeError(exact[name], expected), `${model.name} (${mode}): ${name}`).toBeLessThan(tolerance);
  // Off by h² times a third derivative, and by 1e-16 / h.
  within('tangent', difference.tangent, 1e-7);
  within('pulled', difference.pulled, 1e-6);
  within('along', exact.tangent, 1e-12);
  within('backward', exact.gradient, 1e-12);
  for (const name of ['tangent', 'gradient', 'pulled'] as const) {
    expect(relativeError(got[name], exact[name]), `${model.name} (${mode}): ${name} in float32`).toBeLessThan(
      5e-5,
    );
  }
}
