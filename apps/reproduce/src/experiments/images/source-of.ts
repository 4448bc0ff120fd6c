import { join } from 'node:path';
import type { Normalization, TrainTest } from '@metadistill/datasets';
import { dataFolder, loadTeacherLogits } from '@metadistill/datasets/node';
import type { ImageSource } from './data.js';

/** A loader of images and of the teacher's logits in the data folder; loads once a process. */
export function sourceOf(
  loadImages: () => Promise<TrainTest>,
  logitsFile: string,
  normalization: Normalization,
): () => Promise<ImageSource> {
  let loaded: Promise<ImageSource> | undefined;
  const load = async (): Promise<ImageSource> => {
    const { train, test } = await loadImages();
    const file = join(dataFolder(), 'teacher-logits', logitsFile);
    return { train, test, normalization, teacherLogits: await loadTeacherLogits(file, train) };
  };
  return () => {
    loaded ??= load();
    return loaded;
  };
}
