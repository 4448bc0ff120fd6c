import { publishedFashionMnistNormalization } from '@metadistill/datasets';
import { loadFashionMnist } from '@metadistill/datasets/node';
import {
  checkImageCounts,
  checkTeacherFile,
  imageFingerprint,
  type SourceSettings,
  sourceOf,
  teacherFingerprint,
} from './source-of.js';

/** Fashion-MNIST, normalised as the authors do, with a teacher's logits. */
export const fashionMnistSource = sourceOf(loadFashionMnist, publishedFashionMnistNormalization);

/** Checks that all of it is there and whole, and that the teacher fits. */
export async function checkFashionMnistSource(config: SourceSettings): Promise<void> {
  const { train, test } = await loadFashionMnist();
  await checkTeacherFile(config, train, async () => train);
  checkImageCounts(config, { trainingImages: train.labels.length, testImages: test.labels.length });
}

/** What a run computes on. */
export async function fashionMnistFingerprints(config: SourceSettings): Promise<Record<string, string>> {
  const { train, ...identity } = await loadFashionMnist();
  return { ...imageFingerprint(identity), ...(await teacherFingerprint(config, train)) };
}
