import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFinite } from '../check-inputs.js';
import { linearAdapter } from '../features/linear-adapter.js';
import type { FeatureLoss } from '../features/types.js';
import type { LogitLoss, Metaparameters, Targets } from '../types.js';
import type { ComposedGradient } from './composed-gradient.js';

/** A weighted loss of the logits; the weight is a number or the name of a metaparameter. */
export interface ResponseTerm {
  readonly name: string;
  readonly loss: LogitLoss<string>;
  readonly weight: string | number;
}

/** A weighted loss between a layer of the student and one of the teacher, both by name. */
export interface FeatureTerm {
  readonly name: string;
  readonly featureLoss: FeatureLoss;
  readonly studentLayer: string;
  readonly teacherLayer: string;
  /** The adapter that brings the student's last axis to the teacher's, by name; features of one shape need none. */
  readonly adapter?: string;
  readonly weight: string | number;
}

export type LossTerm = ResponseTerm | FeatureTerm;

/** What the terms are computed from. Features are by layer name. */
export interface ComposedInputs {
  readonly studentLogits: Tensor2D;
  readonly targets: Targets;
  readonly studentFeatures?: Readonly<Record<string, Tensor>>;
  readonly teacherFeatures?: Readonly<Record<string, Tensor>>;
  /** Weights of `linearAdapter`, `[studentChannels, teacherChannels]`, by name; trained beside the student. */
  readonly adapters?: Readonly<Record<string, Tensor2D>>;
}

/** The value and gradient of a term, or of a sum of terms. */
export interface TermValue {
  readonly value: Scalar;
  readonly gradient: ComposedGradient;
}

/** The weight of a term in numbers. @throws RangeError if it is not finite. */
export function weightOf({ name, weight }: LossTerm, metaparameters: Metaparameters): number {
  const value = typeof weight === 'number' ? weight : ((metaparameters[weight] as number) ?? Number.NaN);
  checkFinite('composeLoss', `the weight of ${name}`, value);
  return value;
}

/** A term without its weight. Made inside the caller's `tidy`. */
export function termValue(term: LossTerm, inputs: ComposedInputs, metaparameters: Metaparameters): TermValue {
  if ('loss' in term) {
    const { studentLogits, targets } = inputs;
    const { value, gradient } = term.loss.valueAndGradient(studentLogits, targets, metaparameters);
    return { value, gradient: { logits: gradient, features: {}, adapters: {} } };
  }
  const { featureLoss, studentLayer, adapter } = term;
  const student = named('studentFeatures', inputs.studentFeatures, studentLayer);
  const teacher = named('teacherFeatures', inputs.teacherFeatures, term.teacherLayer);
  if (adapter === undefined) {
    const { value, gradient } = featureLoss.valueAndGradient(student, teacher);
    return { value, gradient: { logits: undefined, features: { [studentLayer]: gradient }, adapters: {} } };
  }
  const weight = named('adapters', inputs.adapters, adapter);
  const { value, gradient, adapterGradient } = linearAdapter(featureLoss, student, teacher, weight);
  return {
    value,
    gradient: {
      logits: undefined,
      features: { [studentLayer]: gradient },
      adapters: { [adapter]: adapterGradient },
    },
  };
}

function named<T extends Tensor>(
  which: 'studentFeatures' | 'teacherFeatures' | 'adapters',
  tensors: Readonly<Record<string, T>> | undefined,
  name: string,
): T {
  const tensor = tensors?.[name];
  if (tensor === undefined) {
    const [expected, remedy] =
      which === 'adapters'
        ? ['its weight [studentChannels, teacherChannels]', 'Pass it beside the features.']
        : ['the features of that layer', 'Return them from the forward pass.'];
    throw new TypeError(`composeLoss: ${which}.${name} is undefined; expected ${expected}. ${remedy}`);
  }
  return tensor;
}
