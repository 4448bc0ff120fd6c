import { publishedCifar10Normalization } from '@metadistill/datasets';
import { checkCifar10, loadCifar10 } from '@metadistill/datasets/node';
import { checkTeacherFile, sourceOf } from './source-of.js';

/** CIFAR-10, normalised as the authors do, with a teacher's logits. */
export const cifar10Source = sourceOf(loadCifar10, publishedCifar10Normalization);

/** Sees that all of it is there. */
export async function checkCifar10Source(teacherLogits: string, liveTeacher = ''): Promise<void> {
  checkCifar10();
  await checkTeacherFile(teacherLogits, liveTeacher);
}
