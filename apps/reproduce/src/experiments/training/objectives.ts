import type { TeacherLogits } from '@metadistill/datasets';
import { adam, type InnerOptimizer, sgd } from '@metadistill/hypergrad';
import {
  agreementTemperature,
  convexMix,
  crossEntropy,
  type LogitLoss,
  type Metaparameters,
  type MixMetaparameter,
  matchedScaling,
  teacherAgreement,
} from '@metadistill/losses';
import { cosineSchedule, type Schedule } from '@metadistill/trainer';
import type { MethodKind } from './methods.js';
import { publishedLoss } from './published-loss.js';

/** Temperatures that `agreement` may reach. */
export const agreementTemperatures = [1, 50] as const;

export interface ObjectivesOptions {
  readonly method: MethodKind;
  /** On the training examples. */
  readonly teacherLogits: TeacherLogits;
  readonly validationTemperature: number;
}

/** What a student is trained on, and what its metaparameters are tuned on. */
export interface Objectives {
  readonly trainingLoss: LogitLoss<MixMetaparameter>;
  readonly validationLoss: LogitLoss;
}

/**
 * The paper's losses, or those that `distil` takes if it is told nothing: the factor that makes the teacher's gradient as
 * long as that of the labels, and the teacher's answers on the validation examples at the temperature that suits it.
 */
export function objectivesOf({
  method,
  teacherLogits,
  validationTemperature,
}: ObjectivesOptions): Objectives {
  if (!isOurs(method)) {
    return {
      trainingLoss: publishedLoss(),
      validationLoss: crossEntropy({ temperature: validationTemperature }),
    };
  }
  return {
    trainingLoss: convexMix({ scaling: matchedScaling({ teacherLogits }) }),
    validationLoss: teacherAgreement({ temperature: suitable(teacherLogits) }),
  };
}

/** The student's optimizer: the paper's gradient descent, or that of `distil`. */
export const optimizerOf = (method: MethodKind): InnerOptimizer => (isOurs(method) ? adam() : sgd());

/** The experiment's learning rates, or those of `distil` in a training of 1,800 iterations or more. */
export const learningRateOf = (method: MethodKind, iterations: number, published: Schedule): Schedule =>
  isOurs(method) ? cosineSchedule({ from: 0.01, to: 0, iterations }) : published;

/** Where the metaparameters of a method start: where it says, or what the run drew. */
export function startOf(
  method: MethodKind,
  teacherLogits: TeacherLogits,
  drawn: () => Metaparameters<MixMetaparameter>,
): Metaparameters<MixMetaparameter> {
  if (method.kind === 'fixed') {
    const { distillationFraction, temperature } = method;
    return { distillationFraction, temperature };
  }
  if (method.kind === 'rule') {
    return { distillationFraction: method.distillationFraction, temperature: suitable(teacherLogits) };
  }
  const { distillationFraction, temperature } = drawn();
  if (!isOurs(method)) return { distillationFraction, temperature };
  const [low, high] = agreementTemperatures;
  return { distillationFraction, temperature: Math.min(Math.max(temperature, low), high) };
}

const isOurs = (method: MethodKind): boolean =>
  method.kind === 'rule' || (method.kind === 'gradient' && method.objective === 'agreement');

const suitable = (teacherLogits: TeacherLogits): number =>
  Math.max(1, agreementTemperature({ teacherLogits }));
