import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type Dataset,
  fingerprint,
  type LogitExamples,
  type Normalization,
  type TeacherLogits,
  type TrainTest,
} from '@metadistill/datasets';
import {
  authorsLogitsFiles,
  type DataIdentity,
  dataFolder,
  loadTeacherLogits,
} from '@metadistill/datasets/node';
import { miniBatches, predictLogits } from '@metadistill/trainer';
import { loadLiveTeacher, readLiveTeacher, readWeights } from '../../teacher/load-live-teacher.js';
import { checkTeacherCard, logitsFingerprint } from '../../teacher/teacher-card.js';
import { teacherBatch } from '../../teacher/write-teacher.js';
import type { ImageConfig } from './config.js';
import type { ImageSource } from './data.js';

/** What a source has to be able to give. */
export type SourceSettings = Pick<
  ImageConfig,
  'teacherLogits' | 'liveTeacher' | 'trainingImages' | 'testImages'
>;

/** A loader of images with a teacher: its cached logits on the training images, or a live one if one is named. */
export const sourceOf =
  (loadImages: () => Promise<TrainTest & Partial<DataIdentity>>, normalization: Normalization) =>
  async (teacherLogits: string, liveTeacher = ''): Promise<ImageSource> => {
    const { train, test, ...identity } = await loadImages();
    const images = { train, test };
    const fingerprints = imageFingerprint(identity);
    if (liveTeacher !== '') {
      const teacher = await loadLiveTeacher(liveTeacher, train);
      const batches = miniBatches({ dataset: train, batchSize: teacherBatch, normalization });
      const values = await predictLogits(teacher.model, teacher.weights, batches);
      const logits = { values, examples: train.labels.length, classes: train.classes };
      Object.assign(fingerprints, await liveTeacherFingerprint(liveTeacher));
      return { ...images, normalization, teacherLogits: logits, liveTeacher: teacher, fingerprints };
    }
    const path = logitsPath(teacherLogits);
    const logits = await loadTeacherLogits(path, train);
    await checkTeacherCard(path, logits, () => train);
    Object.assign(fingerprints, await cachedTeacherFingerprint(logits));
    return { ...images, normalization, teacherLogits: logits, fingerprints };
  };

/** The fingerprint of images, whose name tells whether they are the published ones. */
export function imageFingerprint({
  dataset,
  origin,
  fingerprint,
}: Partial<DataIdentity>): Record<string, string> {
  if (dataset === undefined || fingerprint === undefined) return {};
  return { [origin === 'official' ? dataset : `${dataset}, unofficial pixels`]: fingerprint };
}

/** The fingerprint of the teacher that a configuration names, as `sourceOf` gives it. */
export async function teacherFingerprint(
  { teacherLogits, liveTeacher }: Pick<SourceSettings, 'teacherLogits' | 'liveTeacher'>,
  train: LogitExamples,
): Promise<Record<string, string>> {
  if (liveTeacher !== '') return liveTeacherFingerprint(liveTeacher);
  return cachedTeacherFingerprint(await loadTeacherLogits(logitsPath(teacherLogits), train));
}

const cachedTeacherFingerprint = async (logits: TeacherLogits) => ({
  'teacher logits': `sha256:${await logitsFingerprint(logits)}`,
});

const liveTeacherFingerprint = async (path: string) => ({
  'live teacher': `sha256:${await fingerprint({ weights: readWeights(path) })}`,
});

/**
 * Throws if a teacher's file is not there or cannot be used on such images, saying what to do.
 *
 * @param train the training images, or their sizes alone.
 * @param images loads them; called if the teacher says which ones it knows.
 */
export async function checkTeacherFile(
  { teacherLogits, liveTeacher }: SourceSettings,
  train: LogitExamples,
  images: () => Promise<Dataset>,
): Promise<void> {
  const [path, option] =
    liveTeacher === ''
      ? [logitsPath(teacherLogits), '--teacher-logits FILE']
      : [liveTeacher, '--set liveTeacher=FILE'];
  const remedy =
    liveTeacher === '' && authorsLogitsFiles.some(({ file }) => file === teacherLogits)
      ? "Run `npx -y pnpm@10 reproduce data teacher-logits`, which fetches the authors' files,"
      : 'Put the file there,';
  await access(path).catch((cause: Error) => {
    throw new Error(
      `the teacher's file ${path} cannot be read: ${cause.message}. ${remedy} name another one with ${option}, or ` +
        'train a teacher with `npx -y pnpm@10 reproduce teacher`.',
      { cause },
    );
  });
  if (liveTeacher === '') {
    await checkTeacherCard(path, await loadTeacherLogits(path, train), images);
  } else {
    await readLiveTeacher(path, await images());
  }
}

/** @throws RangeError if more images are wanted than there are. */
export function checkImageCounts(
  config: SourceSettings,
  there: { readonly trainingImages: number; readonly testImages: number },
): void {
  for (const key of ['trainingImages', 'testImages'] as const) {
    if (config[key] > there[key]) {
      throw new RangeError(
        `--set: ${key} is ${config[key]}; expected at most ${there[key]}, which there are.`,
      );
    }
  }
}

/** A bare name is looked for in `teacher-logits/` of the data folder. */
const logitsPath = (file: string): string =>
  basename(file) === file ? join(dataFolder(), 'teacher-logits', file) : file;
