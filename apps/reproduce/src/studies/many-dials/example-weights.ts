import { adamDescent, metaparameterSpace, mixed } from '@metadistill/hypergrad';
import { calibratedCrossEntropy, crossEntropy, weightedExamples } from '@metadistill/losses';
import { everyKth } from '@metadistill/trajectory';
import type { Arm, Recipe } from './scenario.js';
import { smallLoss } from './small-loss.js';

/** Recipes for labels of which some are wrong and nobody knows which. */

const ramp = { fromEpoch: 2, toEpoch: 7 } as const;

/** The examples of the smallest loss in a batch: all at first, then ever fewer, down to a share. */
export const keepSmallLoss = (share: number): Arm => ({
  name: `small-loss-${share}`,
  description: `the ${share} of a batch whose loss is smallest`,
  settings: { share, ...ramp },
  recipe: () => ({
    trainingLoss: (epoch) => {
      const done = (epoch - ramp.fromEpoch) / (ramp.toEpoch - ramp.fromEpoch);
      return smallLoss(1 - (1 - share) * Math.min(Math.max(done, 0), 1));
    },
    metaparameters: {},
  }),
});

const tuner = { beta2: 0.95, bound: 6, objective: 'calibratedCrossEntropy', scaleFree: true } as const;

interface WeightsOptions {
  readonly name: string;
  readonly description: string;
  readonly by: 'confidence' | 'group';
  /** Of Adam. */
  readonly metaLearningRate: number;
  readonly every: number;
}

const weights = ({ name, description, by, metaLearningRate, every }: WeightsOptions): Arm => ({
  name,
  description,
  settings: { by, metaLearningRate, every, ...tuner },
  recipe: ({ training }) => {
    const count = by === 'confidence' ? 10 : training.dataset.labels.length;
    const size = by === 'confidence' ? 2 * count : count;
    return {
      trainingLoss: weightedExamples({ loss: crossEntropy(), by, count }),
      metaparameters: { 'logWeight[]': Array(size).fill(0) },
      tuning: {
        validationLoss: calibratedCrossEntropy(),
        method: mixed({ scaleFree: tuner.scaleFree }),
        optimizer: adamDescent({ learningRate: metaLearningRate, beta2: tuner.beta2, sparse: true }),
        controller: everyKth(every),
        space: metaparameterSpace({ 'logWeight[]': { bounds: [-tuner.bound, tuner.bound], size } }),
      },
    } as unknown as Recipe;
  },
});

/** A weight by what the student says of the label, and one per example. */
export const tunedWeights: readonly Arm[] = [
  weights({
    name: 'tuned-confidence',
    description: 'a weight per bin of the confidence in the label, right or wrong',
    by: 'confidence',
    metaLearningRate: 0.2,
    every: 5,
  }),
  weights({
    name: 'tuned-examples',
    description: 'a weight per example',
    by: 'group',
    metaLearningRate: 0.2,
    every: 1,
  }),
];
