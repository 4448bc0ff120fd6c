import { addScaled } from '@metadistill/models';
import type { InnerOptimizer, InnerStepInput } from '../types.js';

/**
 * L2 regularisation in front of another rule: g + d·w takes the gradient's place, as in PyTorch's `weight_decay`.
 *
 * Its derivatives are those of the inner rule at the regularised gradient, which depends on w as well.
 *
 * @param decay d >= 0.
 * @throws RangeError where it is negative or not finite.
 */
export function withWeightDecay(optimizer: InnerOptimizer, decay: number): InnerOptimizer {
  if (!(decay >= 0 && Number.isFinite(decay))) {
    throw new RangeError(
      `withWeightDecay: decay is ${decay}; expected a finite number of at least 0. 1e-4 is common.`,
    );
  }
  const regularised = (input: InnerStepInput): InnerStepInput => ({
    ...input,
    gradient: addScaled(input.gradient, input.parameters, decay),
  });
  return {
    name: `${optimizer.name}, weight decay ${decay}`,
    initialize: optimizer.initialize,
    step: (input) => optimizer.step(regularised(input)),
    vjp(input, cotangent) {
      const { parameters, gradient, state } = optimizer.vjp(regularised(input), cotangent);
      return { parameters: addScaled(parameters, gradient, decay), gradient, state };
    },
    jvp: (input, { parameters, gradient, state }) =>
      optimizer.jvp(regularised(input), {
        parameters,
        gradient: addScaled(gradient, parameters, decay),
        state,
      }),
  };
}
