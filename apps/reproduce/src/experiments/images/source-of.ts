import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LogitExamples, Normalization, TrainTest } from '@metadistill/datasets';
import { dataFolder, loadTeacherLogits } from '@metadistill/datasets/node';
import { miniBatches, predictLogits } from '@metadistill/trainer';
import { loadLiveTeacher } from '../../teacher/load-live-teacher.js';
import { checkTeacherCard } from '../../teacher/teacher-card.js';
import type { ImageSource } from './data.js';

/** A loader of images with a teacher: its cached logits on the training images, or a live one where it is named. */
export const sourceOf =
  (loadImages: () => Promise<TrainTest>, normalization: Normalization) =>
  async (teacherLogits: string, liveTeacher = ''): Promise<ImageSource> => {
    const images = await loadImages();
    const { train } = images;
    if (liveTeacher !== '') {
      const teacher = await loadLiveTeacher(liveTeacher, train);
      const batches = miniBatches({ dataset: train, batchSize: 500, normalization });
      const values = await predictLogits(teacher.model, teacher.weights, batches);
      const logits = { values, examples: train.labels.length, classes: train.classes };
      return { ...images, normalization, teacherLogits: logits, liveTeacher: teacher };
    }
    const path = logitsPath(teacherLogits);
    const logits = await loadTeacherLogits(path, train);
    await checkTeacherCard(path, logits, train);
    return { ...images, normalization, teacherLogits: logits };
  };

/**
 * Throws where a teacher's file is not there or, of cached logits, cannot be used on such images, saying what to do.
 *
 * @param train the training images, or their sizes alone.
 */
export async function checkTeacherFile(
  teacherLogits: string,
  liveTeacher: string,
  train: LogitExamples,
): Promise<void> {
  const [path, option] =
    liveTeacher === ''
      ? [logitsPath(teacherLogits), '--teacher-logits FILE']
      : [liveTeacher, '--set liveTeacher=FILE'];
  await access(path).catch((cause: Error) => {
    throw new Error(
      `the teacher's file ${path} cannot be read: ${cause.message}. Put the file there, name another one with ${option}, or ` +
        'train a teacher with `reproduce teacher`.',
      { cause },
    );
  });
  if (liveTeacher === '') await loadTeacherLogits(path, train);
}

/** A bare name is looked for in `teacher-logits/` of the data folder. */
const logitsPath = (file: string): string =>
  basename(file) === file ? join(dataFolder(), 'teacher-logits', file) : file;
