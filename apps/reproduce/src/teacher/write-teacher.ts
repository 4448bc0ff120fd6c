import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Dataset,
  encodeNpy,
  fingerprint,
  type Normalization,
  type TeacherLogits,
} from '@metadistill/datasets';
import { classificationMetrics } from '@metadistill/losses';
import { type Model, saveWeights, type Weights } from '@metadistill/models';
import { miniBatches, predictLogits } from '@metadistill/trainer';
import { writeWholeFile } from '../logs/write-whole-file.js';
import { cardPath, dataFingerprint, logitsFingerprint, type TeacherCard } from './teacher-card.js';

export interface TeacherFiles {
  readonly logits: string;
  readonly weights: string;
  readonly card: string;
}

/** Where the files of a teacher are to lie in a folder. */
const teacherFiles = (folder: string, name: string): TeacherFiles => {
  const logits = join(folder, `${name}.npy`);
  return { logits, weights: join(folder, `${name}.safetensors`), card: cardPath(logits) };
};

/** Images at a time, when no gradient is wanted. */
export const teacherBatch = 500;

/**
 * Writes a teacher: its weights, its logits on the training images in their order, and its card. Each file gets its
 * name once it is whole, the card last.
 *
 * @param weights borrowed.
 */
export async function writeTeacher(
  folder: string,
  name: string,
  model: Model,
  weights: Weights,
  train: Dataset,
  normalization: Normalization,
  about: Omit<TeacherCard, 'schema' | 'fingerprints' | 'trainingAccuracy'>,
): Promise<{ readonly files: TeacherFiles; readonly card: TeacherCard }> {
  const { classes } = model;
  const batches = miniBatches({ dataset: train, batchSize: teacherBatch, normalization });
  const values = await predictLogits(model, weights, batches);
  const logits: TeacherLogits = { values, examples: train.labels.length, classes };
  const data = await dataFingerprint(train);
  const bytes = await saveWeights(model, weights, { dataset: about.dataset, model: about.model, data });
  const card: TeacherCard = {
    schema: 1,
    ...about,
    fingerprints: {
      data,
      weights: await fingerprint({ weights: bytes }),
      logits: await logitsFingerprint(logits),
    },
    trainingAccuracy: classificationMetrics({ logits: values, labels: train.labels, classes }).accuracy,
  };
  const files = teacherFiles(folder, name);
  await mkdir(folder, { recursive: true });
  writeWholeFile(files.weights, bytes);
  writeWholeFile(files.logits, encodeNpy({ shape: [logits.examples, classes], values }));
  writeWholeFile(files.card, `${JSON.stringify(card, null, 2)}\n`);
  return { files, card };
}
