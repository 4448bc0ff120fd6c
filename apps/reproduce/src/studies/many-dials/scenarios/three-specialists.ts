import { torchRandom } from '@metadistill/datasets';
import { foreignAnswers } from '../corrupt.js';
import { constants, counted, labels, tuned } from '../experts.js';
import type { Scenario } from '../scenario.js';
import { cifar10Settings, cifar10WithResNet } from './cifar10.js';
import { withNoisyLabels } from './with-noisy-labels.js';

const labelNoise = 0.4;
const specialties = [
  [0, 1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
] as const;

/** Nobody knows everything: each teacher knows some classes, and the labels are noisy. */
export const threeSpecialists: Scenario = {
  name: 'three-specialists',
  description:
    "three teachers, each the authors' ResNet-18 on 4, 3 and 3 classes of CIFAR-10 and wrong on the others, where it answers as on an example of another of them; 40 % of the labels are wrong",
  settings: { ...cifar10Settings, labelNoise },
  grid: [labels, ...constants([0, 0.2, 0.4, 0.6, 0.8], [5, 10])],
  arms: [counted(1 - labelNoise), ...tuned(1 - labelNoise)],
  async load(seed) {
    const data = await cifar10WithResNet();
    const random = torchRandom(1_000 + seed);
    const { dataset, teachers } = data.examples;
    const [resNet] = teachers;
    const specialists = specialties.map((known) =>
      foreignAnswers({
        logits: resNet!,
        labels: dataset.labels,
        foreign: Array.from({ length: dataset.classes }, (_, k) => k).filter(
          (k) => !(known as readonly number[]).includes(k),
        ),
        random,
      }),
    );
    return withNoisyLabels({ ...data, examples: { dataset, teachers: specialists } }, labelNoise, random);
  },
};
