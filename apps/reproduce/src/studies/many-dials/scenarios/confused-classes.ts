import { torchRandom } from '@metadistill/datasets';
import { foreignAnswers } from '../corrupt.js';
import { byDefault, constants, counted, labels, tuned } from '../experts.js';
import type { Scenario } from '../scenario.js';
import { cifar10Settings, cifar10WithResNet } from './cifar10.js';
import { withNoisyLabels } from './with-noisy-labels.js';

const labelNoise = 0.4;
const confused = [3, 5, 7] as const;

/** A good teacher that is wrong about some classes, and noisy labels. */
export const confusedClasses: Scenario = {
  name: 'confused-classes',
  description:
    "one teacher, the authors' ResNet-18, which takes cats, dogs and horses of CIFAR-10 for another of them; 40 % of the labels are wrong",
  settings: { ...cifar10Settings, labelNoise, confused },
  grid: [labels, byDefault, ...constants([0, 0.25, 0.5, 0.75, 0.9], [5, 10])],
  arms: [counted(1 - labelNoise), ...tuned(1 - labelNoise)],
  async load(seed) {
    const data = await cifar10WithResNet();
    const random = torchRandom(2_000 + seed);
    const { dataset, teachers } = data.examples;
    const teacher = foreignAnswers({
      logits: teachers[0]!,
      labels: dataset.labels,
      foreign: confused,
      random,
    });
    return withNoisyLabels({ ...data, examples: { dataset, teachers: [teacher] } }, labelNoise, random);
  },
};
