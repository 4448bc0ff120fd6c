import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Normalization, TrainTest } from '@metadistill/datasets';
import { dataFolder, loadTeacherLogits } from '@metadistill/datasets/node';
import type { ImageSource } from './data.js';

/** A loader of images with a teacher's logits on the training images. */
export const sourceOf =
  (loadImages: () => Promise<TrainTest>, normalization: Normalization) =>
  async (teacherLogits: string): Promise<ImageSource> => {
    const images = await loadImages();
    const logits = await loadTeacherLogits(logitsPath(teacherLogits), images.train);
    return { ...images, normalization, teacherLogits: logits };
  };

/** Throws where the teacher's logits are not there, saying what to do. */
export async function checkTeacherFile(teacherLogits: string): Promise<void> {
  const path = logitsPath(teacherLogits);
  await access(path).catch((cause: Error) => {
    throw new Error(
      `the teacher's logits ${path} cannot be read: ${cause.message}. Put the file there, or name another one with ` +
        '--set teacherLogits=FILE.',
      { cause },
    );
  });
}

/** A bare name is looked for in `teacher-logits/` of the data folder. */
const logitsPath = (file: string): string =>
  basename(file) === file ? join(dataFolder(), 'teacher-logits', file) : file;
