import { checkNoOptions } from '@metadistill/options';
import { mean, mul, type Scalar, square, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { checkSameShape } from './check-features.js';
import type { FeatureLoss } from './types.js';

/**
 * FitNets' hint: the mean over all n elements of (f_s − f_t)²; ∂/∂f_s = 2 (f_s − f_t)/n.
 *
 * Features of different widths meet through `linearAdapter`. The paper sums ½ of the squares instead of averaging.
 *
 * @returns a loss of features `[batch, ...]`, whose value and gradient belong to the caller.
 * @throws RangeError on use, if shapes differ.
 * @see Romero et al. (2015), FitNets: hints for thin deep nets, equation 3.
 */
export function hint(...none: []): FeatureLoss {
  checkNoOptions('hint', none);
  return {
    name: 'hint',
    valueAndGradient: (student, teacher) =>
      tidy(() => {
        checkSameShape('hint', student, teacher);
        const difference = sub<Tensor>(student, teacher);
        return {
          value: mean<Scalar>(square(difference)),
          gradient: mul<Tensor>(difference, 2 / student.size),
        };
      }),
  };
}
