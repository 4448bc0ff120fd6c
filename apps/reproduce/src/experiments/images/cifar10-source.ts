import { publishedCifar10Normalization } from '@metadistill/datasets';
import { checkCifar10, loadCifar10 } from '@metadistill/datasets/node';
import { checkTeacherFile, sourceOf } from './source-of.js';

/** CIFAR-10, normalised as the authors do, with a teacher's logits. */
export const cifar10Source = sourceOf(loadCifar10, publishedCifar10Normalization);

/** Its training images, as far as a teacher's logits have to fit them. */
const train = { name: 'CIFAR-10 training', labels: { length: 50_000 }, classes: 10 };

/** Sees that all of it is there, and that the logits fit; without the memory that loading the images takes. */
export async function checkCifar10Source(teacherLogits: string, liveTeacher: string): Promise<void> {
  checkCifar10();
  await checkTeacherFile(teacherLogits, liveTeacher, train);
}
