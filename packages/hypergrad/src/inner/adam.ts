import { zeroTensors } from '@metadistill/models';
import { add, div, expm1, mul, neg, scalar, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { InnerOptimizer, InnerStepInput } from '../types.js';

/**
 * Adam: m' = β₁ m + (1 − β₁) g, n' = β₂ n + (1 − β₂) g², w' = w − γ m̂ / (√n̂ + ε), with m̂ = m' / b₁, n̂ = n' / b₂ and
 * b_k = 1 − β_kᵗ at step t.
 *
 * The factor is elementwise: ∂w'/∂g = −γ [(1 − β₁) / (b₁ (√n̂ + ε)) − m̂ (1 − β₂) g / (b₂ √n̂ (√n̂ + ε)²)].
 *
 * @param options.firstDecay β₁ in [0, 1), by default 0.9.
 * @param options.secondDecay β₂ in [0, 1), by default 0.999.
 * @param options.epsilon ε > 0, by default 1e-8.
 * @throws RangeError where one is outside.
 * @see Kingma, Ba (2015), algorithm 1.
 */
export function adam(
  options: { readonly firstDecay?: number; readonly secondDecay?: number; readonly epsilon?: number } = {},
): InnerOptimizer {
  const { firstDecay = 0.9, secondDecay = 0.999, epsilon = 1e-8 } = options;
  for (const [name, decay] of Object.entries({ firstDecay, secondDecay })) {
    if (!(decay >= 0 && decay < 1))
      throw new RangeError(`adam: ${name} is ${decay}; expected a number in [0, 1).`);
  }
  if (!(epsilon > 0)) throw new RangeError(`adam: epsilon is ${epsilon}; expected a positive number.`);

  /** The moments after a gradient, bias-corrected ones included. State: first moments, second moments, t. */
  function moments({ gradient, state }: InnerStepInput) {
    const count = gradient.length;
    const step = add(state[2 * count] as Tensor, 1);
    // 1 − βᵗ by expm1: the plain difference would lose four digits at β₂ = 0.999.
    const correction = (decay: number) => neg(expm1(mul(step, Math.log(decay))));
    const [firstCorrection, secondCorrection] = [correction(firstDecay), correction(secondDecay)];
    const first = gradient.map((g, i) => add(mul(state[i] as Tensor, firstDecay), mul(g, 1 - firstDecay)));
    const second = gradient.map((g, i) =>
      add(mul(state[count + i] as Tensor, secondDecay), mul(square(g), 1 - secondDecay)),
    );
    const corrected = first.map((moment) => div(moment, firstCorrection));
    const roots = second.map((moment) => sqrt(div(moment, secondCorrection)));
    return { step, firstCorrection, secondCorrection, first, second, corrected, roots };
  }

  return {
    name: 'adam',
    initialize: (parameters) => [...zeroTensors(parameters), ...zeroTensors(parameters), scalar(0)],
    step(input) {
      const { step, first, second, corrected, roots } = moments(input);
      const move = (parameter: Tensor, i: number): Tensor =>
        sub(
          parameter,
          mul(div(corrected[i] as Tensor, add(roots[i] as Tensor, epsilon)), input.learningRate),
        );
      return { parameters: input.parameters.map(move), state: [...first, ...second, step] };
    },
    pullBack(input, cotangent) {
      const { firstCorrection, secondCorrection, corrected, roots } = moments(input);
      return cotangent.map((v, i) => {
        const root = roots[i] as Tensor;
        const denominator = add(root, epsilon);
        const direct = div(1 - firstDecay, mul(firstCorrection, denominator));
        const bent = mul(mul(corrected[i] as Tensor, input.gradient[i] as Tensor), 1 - secondDecay);
        // Where n̂ = 0 gradient and moments are 0: dividing by one factor at a time leaves the limit 0, not 0 / 0.
        const factors = [secondCorrection, add(root, 1e-30), denominator, denominator];
        const curvature = factors.reduce<Tensor>((quotient, factor) => div(quotient, factor), bent);
        return mul(v, mul(sub(direct, curvature), -input.learningRate));
      });
    },
  };
}
