import type { TeacherLogits } from '@metadistill/datasets';
import {
  type MetaparameterRange,
  type MetaparameterSpace,
  metaparameterLayout,
  metaparameterSpace,
} from '@metadistill/hypergrad';
import {
  agreementTemperature,
  calibratedCrossEntropy,
  convexMix,
  countedTrust,
  crossEntropy,
  type LogitLoss,
  type Metaparameters,
  matchedScaling,
  teacherAgreement,
  trustMix,
} from '@metadistill/losses';
import type { Model } from '@metadistill/models';
import type { DistilTask } from '../distil-task.js';

/** What is known of the teachers when a training starts. */
export interface Answers {
  /** The teacher's logits on training examples, if there is one. */
  readonly onTraining?: TeacherLogits | undefined;
  /** The same on the validation examples, if known. */
  readonly onValidation?: TeacherLogits | undefined;
  /** Those of several teachers on the validation examples, if known. */
  readonly ofTeachersOnValidation?: readonly TeacherLogits[] | undefined;
}

/** What a training optimizes, and from where. */
export interface Choices<Name extends string> {
  readonly trainingLoss: LogitLoss<Name>;
  readonly validationLoss: LogitLoss;
  readonly metaparameters: Metaparameters<Name>;
}

/** What was asked for, and the defaults for the rest; `checkDistil` saw to it that a loss of one's own has its metaparameters. */
export function choicesOf<Name extends string>(options: DistilTask<Name>, answers: Answers): Choices<Name> {
  const defaults = options.teachers ? trustDefaults(options, answers) : mixDefaults(answers);
  const { trainingLoss, validationLoss, metaparameters = {} } = options;
  return {
    trainingLoss: trainingLoss ?? defaults.trainingLoss(),
    validationLoss: validationLoss ?? defaults.validationLoss(),
    metaparameters: trainingLoss ? metaparameters : defaults.metaparameters(metaparameters),
  } as Choices<Name>;
}

/** Makes each part when it is asked for: a teacher that says nothing is no mistake of who brings a loss of their own. */
interface Defaults {
  trainingLoss(): LogitLoss<string>;
  validationLoss(): LogitLoss;
  /** What is left open of those that are given. */
  metaparameters(given: Partial<Metaparameters>): Metaparameters;
}

/** Temperatures that tuning may reach. */
const temperatures = { bounds: [1, 50], transform: 'log' } as const satisfies MetaparameterRange;

/**
 * The recipe that needs no sweep, from a teacher's logits: its softness sets T, and `matchedScaling` makes f a share of the
 * gradient. The study `defaults` compares it with a grid of constants.
 */
function mixDefaults({ onTraining, onValidation }: Answers): Defaults {
  const teacherLogits = onTraining as TeacherLogits;
  const [low, high] = temperatures.bounds;
  let found: number | undefined;
  const agreed = () => {
    found ??= Math.min(Math.max(agreementTemperature({ teacherLogits }), low), high);
    return found;
  };
  return {
    trainingLoss: () => convexMix({ scaling: matchedScaling({ teacherLogits }) }),
    validationLoss: () =>
      onTraining && onValidation ? teacherAgreement({ temperature: agreed() }) : crossEntropy(),
    metaparameters: ({ distillationFraction = 0.9, temperature = agreed() }) => ({
      distillationFraction,
      temperature,
    }),
  };
}

/** Teachers are trusted by how often they are right about the validation examples, if that can be counted, else all alike. */
function trustDefaults(
  {
    teachers = [],
    training: { classes },
    validation: { labels },
  }: Pick<DistilTask, 'teachers' | 'training' | 'validation'>,
  { ofTeachersOnValidation }: Answers,
): Defaults {
  return {
    trainingLoss: () => trustMix({ teachers: teachers.length, count: classes }),
    // A teacher that is in doubt cannot be the judge. Smoothed labels judge batches without a mistake too.
    validationLoss: () => calibratedCrossEntropy({ labelSmoothing: 0.05 }),
    metaparameters: ({ 'trust[]': given }) => ({
      'trust[]':
        given ??
        (ofTeachersOnValidation
          ? countedTrust({ teachers: ofTeachersOnValidation, labels })
          : Array<number>((1 + teachers.length) * classes).fill(0)),
    }),
  };
}

/** Dials that stand in an exponent: 6 of them is a factor of 400. */
const exponents = { bounds: [-6, 6] } as const satisfies MetaparameterRange;

/** Where metaparameters of these names may go. */
const ranges: Readonly<Record<string, MetaparameterRange>> = {
  distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
  temperature: temperatures,
  'temperature[]': temperatures,
  'teacherTemperature[]': temperatures,
  'trust[]': exponents,
  'logWeight[]': exponents,
};

/** The names of metaparameters without default bounds. */
export const unbounded = (names: readonly string[]): string[] =>
  names.filter((name) => !Object.hasOwn(ranges, name));

/** The default bounds; of exponents as wide as their start, since counted trust reaches down to a teacher that is never right. */
export function spaceOf<Name extends string>(
  { metaparameters: names, shapes }: LogitLoss<Name>,
  start: Metaparameters<Name>,
): MetaparameterSpace<Name> {
  const entries = names.map((name) => {
    const range = ranges[name] as MetaparameterRange;
    if (!name.endsWith('[]')) return [name, range];
    const values = start[name] as readonly number[];
    const size = metaparameterLayout({ metaparameters: [name], ...(shapes && { shapes }) }).entries;
    const [low, high] = range.bounds;
    const bounds = range === exponents ? [Math.min(low, ...values), Math.max(high, ...values)] : range.bounds;
    return [name, { ...range, bounds, size }];
  });
  return metaparameterSpace<Name>(Object.fromEntries(entries));
}

/**
 * The rate of Adam on the metaparameters, by their start. Trust or weights that start equal have to be sharp before noise is
 * memorised; trust that was counted is near where it should be.
 */
export function metaRate(start: Metaparameters): number {
  const dials = start['trust[]'] ?? start['logWeight[]'];
  if (!Array.isArray(dials)) return 0.1;
  return dials.every((dial) => dial === dials[0]) ? 0.2 : 0.05;
}

/**
 * Where Adam starts its cosine: 18/iterations, from 0.01 to 0.1. Its steps are about as long as the rate says, so that a short
 * training needs longer ones to get as far. 18 suits 1,800 iterations of a small convolutional network on CIFAR-10 and 144
 * to 960 of a small dense one. A convolutional student without batch norm starts at 0.01: its ReLUs die of longer steps.
 */
export function adamRate(iterations: number, { parameters, statistics }: Shape): number {
  const isConvolutional = parameters.some(({ shape }) => shape.length > 2);
  if (isConvolutional && statistics.length === 0) return 0.01;
  return Math.min(Math.max(18 / iterations, 0.01), 0.1);
}

type Shape = Pick<Model, 'parameters' | 'statistics'>;
