import { publishedCifar10Normalization } from '@metadistill/datasets';
import { checkCifar10, loadCifar10 } from '@metadistill/datasets/node';
import {
  checkImageCounts,
  checkTeacherFile,
  imageFingerprint,
  type SourceSettings,
  sourceOf,
  teacherFingerprint,
} from './source-of.js';

/** CIFAR-10, normalised as the authors do, with a teacher's logits. */
export const cifar10Source = sourceOf(loadCifar10, publishedCifar10Normalization);

/** Its training images, as far as a teacher's logits have to fit them. */
const train = { name: 'CIFAR-10 training', labels: { length: 50_000 }, classes: 10 };

/**
 * Checks that all of it is there, and that the teacher fits; without the memory that loading the images takes, unless
 * the teacher names the images that it knows.
 */
export async function checkCifar10Source(config: SourceSettings): Promise<void> {
  await checkCifar10();
  await checkTeacherFile(config, train, async () => (await loadCifar10()).train);
  checkImageCounts(config, { trainingImages: train.labels.length, testImages: 10_000 });
}

/** What a run computes on, without the memory that loading the images takes. */
export const cifar10Fingerprints = async (config: SourceSettings): Promise<Record<string, string>> => ({
  ...imageFingerprint(await checkCifar10()),
  ...(await teacherFingerprint(config, train)),
});
