import type { BilevelProblem, InnerPoint } from '../types.js';

/**
 * Checks what every hypergradient needs before work starts.
 *
 * @throws RangeError if the problem has no metaparameter or the weights no parameter, if a metaparameter has no finite
 *   value or is none of the problem's, or if the learning rate is negative or not finite; TypeError if there is no
 *   optimizer state.
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
  const { learningRate, optimizerState } = point;
  if (!(learningRate >= 0 && Number.isFinite(learningRate))) {
    throw new RangeError(
      `hypergradient: point.learningRate is ${learningRate}; expected a finite number of at least 0. ` +
        "It is that of the step from w to w'.",
    );
  }
  if (!Array.isArray(optimizerState)) {
    throw new TypeError(
      `hypergradient: point.optimizerState is ${optimizerState}; expected a list of tensors. ` +
        'Start with point.optimizer.initialize(parameters).',
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
  const unknown = Object.keys(point.metaparameters).find((name) => !metaparameters.includes(name as Name));
  if (unknown !== undefined) {
    throw new RangeError(
      `hypergradient: point.metaparameters has ${unknown}, on which the problem does not depend; expected ` +
        `${metaparameters.join(', ')}. Leave it out, or choose a training loss that it enters.`,
    );
  }
}
