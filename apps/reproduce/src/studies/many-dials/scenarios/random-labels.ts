import { torchRandom } from '@metadistill/datasets';
import { keepSmallLoss, tunedWeights } from '../example-weights.js';
import { labels } from '../experts.js';
import type { Scenario } from '../scenario.js';
import { cifar10Settings, cifar10WithResNet } from './cifar10.js';
import { withNoisyLabels } from './with-noisy-labels.js';

// Half of the labels are drawn anew from ten classes: nine tenths of these are wrong.
const labelNoise = 0.45;

/** No teacher, and half of the labels say nothing. */
export const randomLabels: Scenario = {
  name: 'random-labels',
  description: 'no teacher; half of the labels of CIFAR-10 are drawn at random, so that 45 % are wrong',
  settings: { ...cifar10Settings, labelNoise },
  grid: [labels, ...[0.4, 0.5, 0.6, 0.7].map(keepSmallLoss)],
  arms: [{ ...labels, name: 'all-labels', description: 'all labels alike' }, ...tunedWeights],
  async load(seed) {
    const data = await cifar10WithResNet();
    const { dataset } = data.examples;
    const groups = dataset.labels.map((_, i) => i);
    const untaught = { ...data, examples: { dataset, teachers: [], groups } };
    return withNoisyLabels(untaught, labelNoise, torchRandom(3_000 + seed));
  },
};
