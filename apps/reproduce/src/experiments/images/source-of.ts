import { basename, join } from 'node:path';
import type { Normalization, TrainTest } from '@metadistill/datasets';
import { dataFolder, loadTeacherLogits } from '@metadistill/datasets/node';
import type { ImageSource } from './data.js';

/**
 * A loader of images with a teacher's logits on the training images.
 *
 * The logits' file is looked for in `teacher-logits/` of the data folder where it is a bare name.
 */
export const sourceOf =
  (loadImages: () => Promise<TrainTest>, normalization: Normalization) =>
  async (teacherLogits: string): Promise<ImageSource> => {
    const images = await loadImages();
    const isBareName = basename(teacherLogits) === teacherLogits;
    const file = isBareName ? join(dataFolder(), 'teacher-logits', teacherLogits) : teacherLogits;
    return { ...images, normalization, teacherLogits: await loadTeacherLogits(file, images.train) };
  };
