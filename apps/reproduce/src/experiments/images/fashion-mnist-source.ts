import { publishedFashionMnistNormalization } from '@metadistill/datasets';
import { loadFashionMnist } from '@metadistill/datasets/node';
import { checkTeacherFile, sourceOf } from './source-of.js';

/** Fashion-MNIST, normalised as the authors do, with a teacher's logits. */
export const fashionMnistSource = sourceOf(loadFashionMnist, publishedFashionMnistNormalization);

/** Sees that all of it is there and whole. */
export async function checkFashionMnistSource(teacherLogits: string, liveTeacher: string): Promise<void> {
  const { train } = await loadFashionMnist();
  await checkTeacherFile(teacherLogits, liveTeacher, train);
}
