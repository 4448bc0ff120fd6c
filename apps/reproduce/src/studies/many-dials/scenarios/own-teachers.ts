import {
  type Dataset,
  publishedCifar10Normalization,
  sliceExamples,
  type TeacherLogits,
  type TorchRandom,
  torchRandom,
} from '@metadistill/datasets';
import { cifarTiny, cifarVeryTiny } from '@metadistill/models';
import { miniBatches, predictLogits } from '@metadistill/trainer';
import { trainTeacher } from '../../../teacher/train-teacher.js';
import { once } from '../../once.js';
import { constants, counted, labels, tuned } from '../experts.js';
import type { Scenario, ScenarioData } from '../scenario.js';
import { cifar10Images, cifar10Settings } from './cifar10.js';

const teacherSettings = {
  epochs: 15,
  batchSize: 128,
  learningRate: 0.05,
  momentum: 0.9,
  weightDecay: 5e-4,
  augment: true,
} as const;
const partsSeed = 7;
const teacherCount = 3;

/** Nothing is planted: three parties have images of all classes, but not equally many, and share no image. */
export const ownTeachers: Scenario = {
  name: 'own-teachers',
  description:
    'three `cifarTiny`, each trained on its own third of the other 37,200 images of CIFAR-10; a class goes to the thirds in shares drawn from a Dirichlet distribution of concentration 0.5; all labels are right',
  settings: { ...cifar10Settings, partsSeed, teacherEpochs: teacherSettings.epochs },
  grid: [labels, ...constants([0, 0.25, 0.5, 0.75], [5, 10])],
  arms: [counted(0.99), ...tuned(0.99)],
  load: once(load),
};

async function load(): Promise<ScenarioData> {
  const { train, test } = await cifar10Images();
  const { images, validationImages } = cifar10Settings;
  const dataset = sliceExamples(train, 0, images);
  const others = sliceExamples(train, images, train.labels.length);
  const teachers: TeacherLogits[] = [];
  for (const [i, part] of unevenParts(others, teacherCount, torchRandom(partsSeed)).entries()) {
    teachers.push(await answersOf(part, dataset, partsSeed + 1 + i));
  }
  return {
    student: cifarVeryTiny,
    examples: { dataset, teachers },
    trained: images - validationImages,
    test,
    normalization: publishedCifar10Normalization,
  };
}

/** Splits a data set into parts that have unequal numbers of each class: shares of Dirichlet(1/2, …, 1/2) for each class. */
export function unevenParts(dataset: Dataset, count: number, random: TorchRandom): Dataset[] {
  const { labels, classes } = dataset;
  const bounds = Array.from({ length: classes }, () => {
    const weights = Array.from({ length: count }, () => normal(random) ** 2);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let below = 0;
    return weights.map((weight) => (below += weight / total));
  });
  const members = Array.from({ length: count }, (): number[] => []);
  for (const [i, label] of labels.entries()) {
    const u = random.uniform(0, 1);
    const part = (bounds[label] as number[]).findIndex((bound) => u < bound);
    members[part < 0 ? count - 1 : part]?.push(i);
  }
  return members.map((indices, part) => pick(dataset, indices, `${dataset.name}, part ${part}`));
}

/** Of the standard normal distribution, by Box and Muller. */
const normal = (random: TorchRandom): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform(0, 1))) * Math.cos(2 * Math.PI * random.uniform(0, 1));

function pick(dataset: Dataset, indices: readonly number[], name: string): Dataset {
  const size = dataset.exampleShape.reduce((product, length) => product * length, 1);
  const examples = dataset.examples.slice(0, indices.length * size);
  for (const [to, from] of indices.entries()) {
    examples.set(dataset.examples.subarray(from * size, (from + 1) * size), to * size);
  }
  return { ...dataset, name, examples, labels: Int32Array.from(indices, (i) => dataset.labels[i] as number) };
}

/** Trains a teacher on a part and asks it about other images. */
async function answersOf(part: Dataset, asked: Dataset, seed: number): Promise<TeacherLogits> {
  const model = cifarTiny();
  const normalization = publishedCifar10Normalization;
  let values: Float32Array | undefined;
  for await (const { epoch, weights } of trainTeacher(model, part, normalization, {
    ...teacherSettings,
    seed,
  })) {
    if (epoch < teacherSettings.epochs - 1) continue;
    const batches = miniBatches({ dataset: asked, batchSize: 125, normalization });
    values = await predictLogits(model, weights, batches);
  }
  return { values: values!, examples: asked.labels.length, classes: asked.classes };
}
