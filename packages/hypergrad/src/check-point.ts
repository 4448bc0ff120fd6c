import type { BilevelProblem, InnerPoint } from './types.js';

/**
 * Checks what every hypergradient needs before work starts.
 *
 * @throws RangeError where the problem has no metaparameter or the weights no parameter, and where a metaparameter
 *   has no finite value.
 */
export function checkPoint<Name extends string, TrainingBatch, ValidationBatch>(
  { metaparameters }: Pick<BilevelProblem<Name, TrainingBatch, ValidationBatch>, 'metaparameters'>,
  point: InnerPoint<Name>,
): void {
  if (metaparameters.length === 0) {
    throw new RangeError(
      'hypergradient: problem.metaparameters is []; expected at least one name. ' +
        'Choose a training loss that depends on a metaparameter, such as convexMix.',
    );
  }
  if (point.weights.parameters.length === 0) {
    throw new RangeError(
      'hypergradient: point.weights.parameters is []; expected at least one tensor. ' +
        'Pass the weights that model.initialize or the last step made.',
    );
  }
  for (const name of metaparameters) {
    const value: unknown = point.metaparameters[name];
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `hypergradient: metaparameters.${name} is ${value}; expected a finite number. ` +
          `The problem depends on ${metaparameters.join(', ')}.`,
      );
    }
  }
}
