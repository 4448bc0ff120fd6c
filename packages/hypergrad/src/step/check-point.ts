import { checkPart, describeValue } from '@metadistill/options';
import { checkLength, firstNotFinite, segmentsOf } from '../space/layout.js';
import type { BilevelProblem, InnerPoint } from '../types.js';

/**
 * Checks what every hypergradient needs before work starts.
 *
 * @throws RangeError if the problem has no metaparameter or the weights no parameter, if a metaparameter has no finite
 *   value, is an array of another length than the problem's or none of the problem's, or if the learning rate is negative or not finite; TypeError if there is no
 *   optimizer state.
 */
export function checkPoint<Name extends string, TrainingBatch, ValidationBatch>(
  problem: Pick<BilevelProblem<Name, TrainingBatch, ValidationBatch>, 'metaparameters' | 'shapes'>,
  point: InnerPoint<Name>,
  caller = 'hypergradient',
): void {
  const { metaparameters } = problem;
  checkPart(caller, 'point.weights', point.weights, 'weights');
  checkPart(caller, 'point.optimizer', point.optimizer, 'optimizer');
  checkPart(caller, 'point.metaparameters', point.metaparameters, 'record');
  if (metaparameters.length === 0) {
    throw new RangeError(
      `${caller}: problem.metaparameters is []; expected at least one name. ` +
        'Choose a training loss that depends on a metaparameter, such as convexMix.',
    );
  }
  if (point.weights.parameters.length === 0) {
    throw new RangeError(
      `${caller}: point.weights.parameters is []; expected at least one tensor. ` +
        'Pass the weights that model.initialize or the last step made.',
    );
  }
  const { learningRate, optimizerState } = point;
  if (!(learningRate >= 0 && Number.isFinite(learningRate))) {
    throw new RangeError(
      `${caller}: point.learningRate is ${describeValue(learningRate)}; expected a finite number of at least 0. ` +
        "It is that of the step from w to w'.",
    );
  }
  if (!Array.isArray(optimizerState)) {
    throw new TypeError(
      `${caller}: point.optimizerState is ${describeValue(optimizerState)}; expected a list of tensors. ` +
        'Start with point.optimizer.initialize(parameters).',
    );
  }
  for (const { name, isArray, size } of segmentsOf(problem)) {
    const value: unknown = point.metaparameters[name];
    if (isArray) checkLength(caller, `metaparameters.${name}`, value, size);
    const bad = isArray ? firstNotFinite(value as number[]) : -1;
    if (bad < 0 && (isArray || Number.isFinite(value))) continue;
    throw new RangeError(
      `${caller}: metaparameters.${isArray ? `${name}[${bad}]` : name} is ` +
        `${describeValue(isArray ? (value as number[])[bad] : value)}; expected a finite number. ` +
        `The problem depends on ${metaparameters.join(', ')}.`,
    );
  }
  const unknown = Object.keys(point.metaparameters).find((name) => !metaparameters.includes(name as Name));
  if (unknown !== undefined) {
    throw new RangeError(
      `${caller}: point.metaparameters has ${unknown}, on which the problem does not depend; expected ` +
        `${metaparameters.join(', ')}. Leave it out, or choose a training loss that it enters.`,
    );
  }
}
