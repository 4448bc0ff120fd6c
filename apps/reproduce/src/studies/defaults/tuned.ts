import { adamDescent, type MetaparameterSpace, metaparameterSpace, mixed } from '@metadistill/hypergrad';
import { crossEntropy, type MixMetaparameter, teacherAgreement } from '@metadistill/losses';
import { everyKth } from '@metadistill/trajectory';
import { agreementRule, temperatureByRule } from './agreement-rule.js';
import type { Arm, Mix } from './arm.js';

const publishedStart: Mix = { distillationFraction: 0.5, temperature: 2 };
const published = { metaLearningRate: 0.05, every: 5, temperatureBounds: [0.5, 20] } as const;

/** The published objective: cross-entropy of the validation labels, by an exact derivative one step ahead. */
const publishedObjective: Arm = {
  name: 'tuned-published-objective',
  description: `labels validate, from ${shown(publishedStart)}, without T²`,
  scale: 'none',
  settings: { ...publishedStart, objective: 'crossEntropy', ...published },
  start: () => publishedStart,
  tuning: () => ({
    validationLoss: crossEntropy(),
    method: mixed(),
    optimizer: adamDescent({ learningRate: published.metaLearningRate }),
    controller: everyKth(published.every),
    space: sigmoidAndLog(published.temperatureBounds),
  }),
};

const agreement = { metaLearningRate: 0.1, beta2: 0.95, every: 5, temperatureBounds: [1, 50] } as const;

/** Where Keras' recipe is. */
const agreementStart: Mix = { distillationFraction: 0.9, temperature: 10 };

/** The teacher's softened answers on the validation examples as objective, by a scale-free derivative one step ahead. */
const agreementObjective: Arm = {
  name: 'tuned-squared-0.9-10',
  description: `teacher validates, from ${shown(agreementStart)}, T²`,
  scale: 'squared',
  settings: {
    ...agreementStart,
    objective: 'teacherAgreement',
    scaleFree: true,
    ...agreementRule,
    ...agreement,
  },
  start: () => agreementStart,
  tuning: (data) => ({
    validationLoss: teacherAgreement({ temperature: temperatureByRule(data) }),
    method: mixed({ scaleFree: true }),
    optimizer: adamDescent({ learningRate: agreement.metaLearningRate, beta2: agreement.beta2 }),
    controller: everyKth(agreement.every),
    space: sigmoidAndLog(agreement.temperatureBounds),
  }),
};

/** Recipes that tune while they train. */
export const tuned: readonly Arm[] = [agreementObjective, publishedObjective];

function sigmoidAndLog(temperatures: readonly [number, number]): MetaparameterSpace<MixMetaparameter> {
  return metaparameterSpace<MixMetaparameter>({
    distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
    temperature: { bounds: temperatures, transform: 'log' },
  });
}

function shown({ distillationFraction, temperature }: Mix): string {
  return `f = ${distillationFraction}, T = ${temperature}`;
}
