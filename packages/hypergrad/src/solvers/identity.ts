import { scaleTensors } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { positive } from '../check-number.js';
import type { Solver } from './types.js';

export interface IdentityOptions {
  /** η > 0; by default the learning rate of the point. */
  readonly stepSize?: number;
}

/**
 * x = η v: the Hessian taken for the identity over η, no product at all. With η the learning rate of gradient descent
 * it is the one-step hypergradient.
 *
 * @throws RangeError if the step size is not positive, TypeError if an option is unknown.
 * @see Luketina, Berglund, Greff, Raiko (2016), "T1 − T2".
 */
export function identity(options: IdentityOptions = {}): Solver {
  checkOptions<IdentityOptions>('identity', options, { stepSize: true });
  const { stepSize } = options;
  if (stepSize !== undefined) positive('identity', 'stepSize', stepSize);
  return {
    name: 'identity',
    solve: ({ rightHandSide, learningRate }) => ({
      direction: scaleTensors(rightHandSide, -(stepSize ?? learningRate)),
    }),
  };
}
