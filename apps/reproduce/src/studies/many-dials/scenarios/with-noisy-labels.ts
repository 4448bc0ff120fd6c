import type { TorchRandom } from '@metadistill/datasets';
import { noisyLabels } from '../corrupt.js';
import type { ScenarioData } from '../scenario.js';

/** The same data with wrong labels among those that are trained on; the validation examples keep theirs. */
export function withNoisyLabels(data: ScenarioData, noise: number, random: TorchRandom): ScenarioData {
  const { dataset } = data.examples;
  const { classes } = dataset;
  const noisy = noisyLabels({ labels: dataset.labels, classes, noise, random });
  const labels = dataset.labels.map((label, i) => (i < data.trained ? (noisy[i] as number) : label));
  return { ...data, examples: { ...data.examples, dataset: { ...dataset, labels } } };
}
