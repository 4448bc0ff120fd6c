import { basename, join } from 'node:path';
import type { Normalization, TrainTest } from '@metadistill/datasets';
import { dataFolder, loadTeacherLogits } from '@metadistill/datasets/node';
import type { ImageSource } from './data.js';

/**
 * A loader of images with a teacher's logits on the training images; loads each once a process.
 *
 * The logits' file is looked for in `teacher-logits/` of the data folder where it is a bare name.
 */
export function sourceOf(
  loadImages: () => Promise<TrainTest>,
  normalization: Normalization,
): (teacherLogits: string) => Promise<ImageSource> {
  let images: Promise<TrainTest> | undefined;
  const sources = new Map<string, Promise<ImageSource>>();
  const load = async (file: string): Promise<ImageSource> => {
    images ??= loadImages();
    const { train, test } = await images;
    const path = basename(file) === file ? join(dataFolder(), 'teacher-logits', file) : file;
    return { train, test, normalization, teacherLogits: await loadTeacherLogits(path, train) };
  };
  return (file) => {
    const source = sources.get(file) ?? load(file);
    sources.set(file, source);
    return source;
  };
}
