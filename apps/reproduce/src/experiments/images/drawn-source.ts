import {
  channelStatistics,
  type Dataset,
  type Normalization,
  type TeacherLogits,
} from '@metadistill/datasets';
import { fashionMnistNet } from '@metadistill/models';
import { miniBatches, predictLogits } from '@metadistill/trainer';
import { teacherDefaults } from '../../teacher/teacher-settings.js';
import { trainTeacher } from '../../teacher/train-teacher.js';
import { teacherBatch } from '../../teacher/write-teacher.js';
import type { ImageSource } from './data.js';
import { drawnImages, drawnSizes } from './drawn-images.js';
import {
  checkImageCounts,
  checkTeacherFile,
  type SourceSettings,
  sourceOf,
  teacherFingerprint,
} from './source-of.js';

/** Two passes over the images, which take seconds. */
const settings = { ...teacherDefaults, epochs: 2, augment: false };

/** Drawn images with a teacher that is trained on them first, unless a file of one is named. */
export async function drawnSource(teacherLogits: string, liveTeacher = ''): Promise<ImageSource> {
  const images = drawnImages();
  const normalization = channelStatistics(images.train);
  if (teacherLogits !== '' || liveTeacher !== '') {
    return sourceOf(async () => images, normalization)(teacherLogits, liveTeacher);
  }
  const ownTeacher = await logitsOfOwnTeacher(images.train, normalization);
  return { ...images, normalization, teacherLogits: ownTeacher, fingerprints: {} };
}

/** Checks that a teacher fits, if a file of one is named. */
export async function checkDrawnSource(config: SourceSettings): Promise<void> {
  checkImageCounts(config, drawnSizes);
  if (config.teacherLogits === '' && config.liveTeacher === '') return;
  const { train } = drawnImages();
  await checkTeacherFile(config, train, async () => train);
}

/** What a run computes on that it does not draw or train itself: a teacher, if one is named. */
export const drawnFingerprints = async (config: SourceSettings): Promise<Record<string, string>> =>
  config.teacherLogits === '' && config.liveTeacher === ''
    ? {}
    : teacherFingerprint(config, drawnImages().train);

async function logitsOfOwnTeacher(train: Dataset, normalization: Normalization): Promise<TeacherLogits> {
  const model = fashionMnistNet();
  for await (const { epoch, weights } of trainTeacher(model, train, normalization, settings)) {
    if (epoch + 1 < settings.epochs) continue;
    const batches = miniBatches({ dataset: train, batchSize: teacherBatch, normalization });
    const values = await predictLogits(model, weights, batches);
    return { values, examples: train.labels.length, classes: train.classes };
  }
  throw new Error('internal: the teacher was not trained.');
}
