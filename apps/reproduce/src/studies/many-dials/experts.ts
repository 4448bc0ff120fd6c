import { adamDescent, metaparameterSpace, mixed } from '@metadistill/hypergrad';
import {
  agreementTemperature,
  calibratedCrossEntropy,
  convexMix,
  countedTrust,
  crossEntropy,
  matchedScaling,
  trustMix,
} from '@metadistill/losses';
import { everyKth } from '@metadistill/trajectory';
import { agreementRule } from '../defaults/agreement-rule.js';
import type { Arm, Recipe, Taught } from './scenario.js';

/** Recipes for labels and teachers that are each right about something else. */

export interface ConstantOptions {
  /** Of the labels; the teachers have equal shares of the rest. */
  readonly labelShare: number;
  readonly temperature: number;
}

/** A share for each expert, the same everywhere; at one temperature of the student. */
const constant = ({ labelShare, temperature }: ConstantOptions): Arm => ({
  name: `constant-${labelShare}-${temperature}`,
  description: `labels ${labelShare}, T = ${temperature}`,
  settings: { labelShare, temperature },
  recipe: ({ training: { teachers } }) => {
    const shares = [labelShare, ...teachers.map(() => (1 - labelShare) / teachers.length)];
    return {
      trainingLoss: trustMix({ teachers: teachers.length, by: 'expert', temperature }),
      // A share of 0 is one that no float32 sees.
      metaparameters: { 'trust[]': shares.map((share) => Math.log(Math.max(share, 1e-12))) },
    };
  },
});

/** Constants of the shares and temperatures. */
export const constants = (labelShares: readonly number[], temperatures: readonly number[]): readonly Arm[] =>
  labelShares.flatMap((labelShare) =>
    temperatures.map((temperature) => constant({ labelShare, temperature })),
  );

/** Labels at temperature 1. */
export const labels: Arm = {
  name: 'labels',
  description: 'labels alone',
  settings: { temperature: 1 },
  recipe: () => ({ trainingLoss: crossEntropy(), metaparameters: {} }),
};

/** What `distil` does with one teacher if it is told nothing. */
export const byDefault: Arm = {
  name: 'default',
  description: 'the default of `distil`: f = 0.9, T by the rule, matched',
  settings: { distillationFraction: 0.9, scaling: 'matched', ...agreementRule },
  recipe: ({ training: { teachers } }) => {
    const teacherLogits = onlyOf(teachers);
    return {
      trainingLoss: convexMix({ scaling: matchedScaling({ teacherLogits }) }),
      metaparameters: {
        distillationFraction: 0.9,
        temperature: Math.max(1, agreementTemperature({ teacherLogits })),
      },
    } as unknown as Recipe;
  },
};

const temperature = 5;

/** Trust by how often an expert is right when it says a class, counted on the validation examples. */
export const counted = (labelPrecision: number): Arm => ({
  name: `counted-${labelPrecision}`,
  description: `counted on the validation examples, labels right in ${labelPrecision}`,
  settings: { labelPrecision, temperature },
  recipe: ({ training, validation }) => ({
    trainingLoss: byAnswer(training),
    metaparameters: { 'trust[]': countsOf(validation, labelPrecision) },
  }),
});

const tuner = { beta2: 0.95, every: 5, bound: 6 } as const;

interface TunedOptions {
  readonly name: string;
  readonly description: string;
  readonly by: 'answer' | 'expert';
  /** Of Adam: slower from the counts, which are near where they should be. */
  readonly metaLearningRate: number;
  /** Of the labels, if trust starts at the counts; else all start equal. */
  readonly labelPrecision?: number;
}

/** Trust moved by hypergradients of the calibrated cross-entropy with the validation labels. */
const tunedBy = ({ name, description, by, metaLearningRate, labelPrecision }: TunedOptions): Arm => ({
  name,
  description,
  settings: {
    by,
    temperature,
    objective: 'calibratedCrossEntropy',
    scaleFree: true,
    metaLearningRate,
    ...tuner,
    ...(labelPrecision !== undefined && { labelPrecision, boundsAsWideAsStart: true }),
  },
  recipe: ({ training, validation }) => {
    const size = (1 + training.teachers.length) * (by === 'expert' ? 1 : training.dataset.classes);
    const start = labelPrecision === undefined ? Array(size).fill(0) : countsOf(validation, labelPrecision);
    return {
      trainingLoss:
        by === 'answer'
          ? byAnswer(training)
          : trustMix({ teachers: training.teachers.length, by, temperature }),
      metaparameters: { 'trust[]': start },
      tuning: {
        validationLoss: calibratedCrossEntropy(),
        method: mixed({ scaleFree: true }),
        optimizer: adamDescent({ learningRate: metaLearningRate, beta2: tuner.beta2, sparse: true }),
        controller: everyKth(tuner.every),
        space: metaparameterSpace({ 'trust[]': { bounds: boundsOf(start), size } }),
      },
    } as unknown as Recipe;
  },
});

/** As wide as the start: counts reach down to a teacher that is never right, and a dial that is cut off would say otherwise. */
const boundsOf = (start: readonly number[]): [number, number] => [
  Math.min(-tuner.bound, ...start),
  Math.max(tuner.bound, ...start),
];

/** Tuned recipes; the counts know how right the labels are. */
export const tuned = (labelPrecision: number): readonly Arm[] => [
  tunedBy({
    name: 'tuned',
    description: 'a dial per expert and class that it says',
    by: 'answer',
    metaLearningRate: 0.2,
  }),
  tunedBy({
    name: 'tuned-from-counts',
    description: 'the same, from the counts',
    by: 'answer',
    metaLearningRate: 0.05,
    labelPrecision,
  }),
  tunedBy({ name: 'tuned-experts', description: 'a dial per expert', by: 'expert', metaLearningRate: 0.2 }),
];

const byAnswer = ({ teachers, dataset }: Taught) =>
  trustMix({ teachers: teachers.length, by: 'answer', count: dataset.classes, temperature });

/** The dials of `trustMix`; those of an expert shifted so that 0 is the mean of all, as only differences count. */
function countsOf({ teachers, dataset }: Taught, labelPrecision: number): number[] {
  const dials = countedTrust({ teachers, labels: dataset.labels, labelPrecision });
  const mean = dials.reduce((sum, dial) => sum + dial, 0) / dials.length;
  return dials.map((dial) => dial - mean);
}

function onlyOf(teachers: Taught['teachers']): Taught['teachers'][number] {
  const [teacher] = teachers;
  if (!teacher || teachers.length > 1) throw new Error('internal: the default of distil has one teacher.');
  return teacher;
}
