import { addScaled, scoped } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { atLeastZero } from '../check-number.js';
import type { InnerOptimizer, InnerStepInput } from '../types.js';

export interface WithWeightDecayOptions {
  /** The rule that takes the regularised gradient. */
  readonly optimizer: InnerOptimizer;
  /** d >= 0; 1e-4 is common. */
  readonly weightDecay: number;
}

/**
 * L2 regularisation in front of another rule: g + d·w takes the gradient's place, as in PyTorch's `weight_decay`.
 *
 * Its derivatives are those of the inner rule at the regularised gradient, which depends on w as well.
 *
 * @throws RangeError if the weight decay is negative or not finite, TypeError if an option is unknown.
 */
export function withWeightDecay(options: WithWeightDecayOptions): InnerOptimizer {
  checkOptions<WithWeightDecayOptions>('withWeightDecay', options, {
    optimizer: 'optimizer',
    weightDecay: true,
  });
  const { optimizer } = options;
  const decay = atLeastZero('withWeightDecay', 'weightDecay', options.weightDecay, '1e-4 is common.');
  const regularised = (input: InnerStepInput): InnerStepInput => ({
    ...input,
    gradient: addScaled(input.gradient, input.parameters, decay),
  });
  return {
    name: `${optimizer.name}, weight decay ${decay}`,
    initialize: optimizer.initialize,
    step: (input) => scoped(() => optimizer.step(regularised(input))),
    vjp: (input, cotangent) =>
      scoped(() => {
        const { parameters, gradient, state } = optimizer.vjp(regularised(input), cotangent);
        return { parameters: addScaled(parameters, gradient, decay), gradient, state };
      }),
    jvp: (input, { parameters, gradient, state }) =>
      scoped(() =>
        optimizer.jvp(regularised(input), {
          parameters,
          gradient: addScaled(gradient, parameters, decay),
          state,
        }),
      ),
  };
}
