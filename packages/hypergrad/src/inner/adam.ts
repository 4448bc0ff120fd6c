import { scoped, zeroTensors } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import {
  add,
  clone,
  div,
  expm1,
  mul,
  neg,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { decayRate, positive } from '../check-number.js';
import type { InnerOptimizer, InnerStepInput } from '../types.js';
import { checkState, shapesOf } from './check-state.js';

export interface AdamOptions {
  /** β₁ in [0, 1), the decay rate of the first moments; default 0.9. */
  readonly beta1?: number;
  /** β₂ in [0, 1), the decay rate of the second moments; default 0.999. */
  readonly beta2?: number;
  /** ε > 0; default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam: m' = β₁ m + (1 − β₁) g, n' = β₂ n + (1 − β₂) g², w' = w − γ m̂ / (√n̂ + ε), with m̂ = m' / b₁, n̂ = n' / b₂ and
 * b_k = 1 − β_kᵗ at step t.
 *
 * Its first step is −γ g / (|g| + ε), which depends on little but the sign of g: the hypergradient of that step says nothing.
 *
 * All derivatives are elementwise. With A = ∂w'/∂m' = −γ / (b₁ (√n̂ + ε)) and
 * B = ∂w'/∂n' = γ m̂ / (2 b₂ √n̂ (√n̂ + ε)²), the factor of one step is ∂w'/∂g = (1 − β₁) A + 2 (1 − β₂) g B.
 *
 * @throws RangeError if an option is outside its range, TypeError if it is unknown; on use, RangeError if the state is not
 *   of these parameters.
 * @see Kingma, Ba (2015), algorithm 1.
 */
export function adam(options: AdamOptions = {}): InnerOptimizer {
  checkOptions<AdamOptions>('adam', options, { beta1: true, beta2: true, epsilon: true });
  const beta1 = decayRate('adam', 'beta1', options.beta1 ?? 0.9);
  const beta2 = decayRate('adam', 'beta2', options.beta2 ?? 0.999);
  const epsilon = positive('adam', 'epsilon', options.epsilon ?? 1e-8);

  /** The moments after a gradient, bias-corrected ones included. State: first moments, second moments, t. */
  function moments({ gradient, state }: InnerStepInput) {
    const count = gradient.length;
    const shapes = shapesOf(gradient);
    checkState('adam', state, [...shapes, ...shapes, []]);
    const step = add(state[2 * count] as Tensor, 1);
    // 1 − βᵗ by expm1: the plain difference would lose four digits at β₂ = 0.999.
    const correction = (decay: number) => neg(expm1(mul(step, Math.log(decay))));
    const [firstCorrection, secondCorrection] = [correction(beta1), correction(beta2)];
    const first = gradient.map((g, i) => add(mul(state[i] as Tensor, beta1), mul(g, 1 - beta1)));
    const second = gradient.map((g, i) =>
      add(mul(state[count + i] as Tensor, beta2), mul(square(g), 1 - beta2)),
    );
    const corrected = first.map((moment) => div(moment, firstCorrection));
    const roots = second.map((moment) => sqrt(div(moment, secondCorrection)));
    return { step, firstCorrection, secondCorrection, first, second, corrected, roots };
  }

  /** ∂w'/∂m' and ∂w'/∂n' of each parameter. */
  function factors(
    input: InnerStepInput,
  ): readonly { readonly byFirst: Tensor; readonly bySecond: Tensor }[] {
    const { learningRate } = input;
    const { firstCorrection, secondCorrection, corrected, roots } = moments(input);
    return roots.map((root, i) => {
      const denominator = add(root, epsilon);
      // Where n̂ = 0 gradient and moments are 0: dividing by one factor at a time leaves the limit 0, not 0 / 0.
      const divisors = [secondCorrection, add(root, 1e-30), denominator, denominator];
      return {
        byFirst: div(-learningRate, mul(firstCorrection, denominator)),
        bySecond: divisors.reduce<Tensor>(
          (quotient, divisor) => div(quotient, divisor),
          mul(corrected[i] as Tensor, learningRate / 2),
        ),
      };
    });
  }

  return {
    name: 'adam',
    initialize: (parameters) =>
      tidy(() => [...zeroTensors(parameters), ...zeroTensors(parameters), scalar(0)]),
    step: (input) =>
      scoped(() => {
        const { step, first, second, corrected, roots } = moments(input);
        const move = (parameter: Tensor, i: number): Tensor =>
          sub(
            parameter,
            mul(div(corrected[i] as Tensor, add(roots[i] as Tensor, epsilon)), input.learningRate),
          );
        return { parameters: input.parameters.map(move), state: [...first, ...second, step] };
      }),
    vjp: (input, { parameters, state }) =>
      scoped(() => {
        const count = parameters.length;
        const parts = factors(input).map(({ byFirst, bySecond }, i) => {
          const v = parameters[i] as Tensor;
          const first = state ? add(mul(v, byFirst), state[i] as Tensor) : mul(v, byFirst);
          const second = state ? add(mul(v, bySecond), state[count + i] as Tensor) : mul(v, bySecond);
          const slope = mul(input.gradient[i] as Tensor, 2 * (1 - beta2)); // ∂n'/∂g
          return { first, second, gradient: add(mul(first, 1 - beta1), mul(second, slope)) };
        });
        return {
          parameters: parameters.map((v) => clone(v)),
          gradient: parts.map(({ gradient }) => gradient),
          state: [
            ...parts.map(({ first }) => mul(first, beta1)),
            ...parts.map(({ second }) => mul(second, beta2)),
            zerosLike(input.state[2 * count] as Tensor),
          ],
        };
      }),
    jvp: (input, { parameters, gradient, state }) =>
      scoped(() => {
        const count = parameters.length;
        const parts = factors(input).map(({ byFirst, bySecond }, i) => {
          const g = gradient[i] as Tensor;
          const slope = mul(input.gradient[i] as Tensor, 2 * (1 - beta2));
          const first = add(mul(state[i] as Tensor, beta1), mul(g, 1 - beta1));
          const second = add(mul(state[count + i] as Tensor, beta2), mul(g, slope));
          const moved = add(mul(first, byFirst), mul(second, bySecond));
          return { first, second, parameter: add(parameters[i] as Tensor, moved) };
        });
        return {
          parameters: parts.map(({ parameter }) => parameter),
          state: [
            ...parts.map(({ first }) => first),
            ...parts.map(({ second }) => second),
            zerosLike(input.state[2 * count] as Tensor),
          ],
        };
      }),
  };
}
