import { adamDescent, type MetaparameterSpace, metaparameterSpace, mixed } from '@metadistill/hypergrad';
import { crossEntropy, type MixMetaparameter, teacherAgreement } from '@metadistill/losses';
import { everyKth } from '@metadistill/trajectory';
import { agreementRule, temperatureByRule } from './agreement-rule.js';
import type { Arm, Mix } from './arm.js';
import type { LossScale } from './optimizers.js';

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

/** The teacher's softened answers on the validation examples as objective, by a scale-free derivative one step ahead. */
function agreementFrom(scale: LossScale, start: Mix): Arm {
  const factor = scale === 'squared' ? 'T²' : scale;
  return {
    name: `tuned-${scale}-${start.distillationFraction}-${start.temperature}`,
    description: `teacher validates, from ${shown(start)}, ${factor}`,
    scale,
    settings: { ...start, objective: 'teacherAgreement', scaleFree: true, ...agreementRule, ...agreement },
    start: () => start,
    tuning: (data) => ({
      validationLoss: teacherAgreement({ temperature: temperatureByRule(data) }),
      method: mixed({ scaleFree: true }),
      optimizer: adamDescent({ learningRate: agreement.metaLearningRate, beta2: agreement.beta2 }),
      controller: everyKth(agreement.every),
      space: sigmoidAndLog(agreement.temperatureBounds),
    }),
  };
}

/** Where Keras' recipe is, then where the paper's first five runs start, in these bounds. */
const starts: readonly Mix[] = [
  { distillationFraction: 0.9, temperature: 10 },
  { distillationFraction: 0.37, temperature: 8 },
  { distillationFraction: 0.73, temperature: 1.6 },
  { distillationFraction: 0.16, temperature: 1 },
  { distillationFraction: 0.06, temperature: 5.4 },
  { distillationFraction: 0.6, temperature: 2.6 },
];

/** Recipes that tune while they train. */
export const tuned: readonly Arm[] = [
  agreementFrom('squared', starts[0] as Mix),
  agreementFrom('matched', starts[0] as Mix),
  publishedObjective,
  ...starts.slice(1).map((start) => agreementFrom('squared', start)),
];

function sigmoidAndLog(temperatures: readonly [number, number]): MetaparameterSpace<MixMetaparameter> {
  return metaparameterSpace<MixMetaparameter>({
    distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
    temperature: { bounds: temperatures, transform: 'log' },
  });
}

function shown({ distillationFraction, temperature }: Mix): string {
  return `f = ${distillationFraction}, T = ${temperature}`;
}
