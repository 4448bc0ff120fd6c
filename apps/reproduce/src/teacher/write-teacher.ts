import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeNpy, type Normalization, type TeacherLogits, type TrainTest } from '@metadistill/datasets';
import { classificationMetrics, fingerprint } from '@metadistill/losses';
import { type Model, saveWeights, type Weights } from '@metadistill/models';
import { miniBatches, predictLogits } from '@metadistill/trainer';
import { writeWholeFile } from '../write-whole-file.js';
import { cardPath, dataFingerprint, logitsFingerprint, type TeacherCard } from './teacher-card.js';

export interface TeacherFiles {
  readonly logits: string;
  readonly weights: string;
  readonly card: string;
}

/** Where the files of a teacher are to lie in a folder. */
export const teacherFiles = (folder: string, name: string): TeacherFiles => {
  const logits = join(folder, `${name}.npy`);
  return { logits, weights: join(folder, `${name}.safetensors`), card: cardPath(logits) };
};

const evaluationBatch = 500;

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
  { train, test }: TrainTest,
  normalization: Normalization,
  about: Pick<TeacherCard, 'dataset' | 'model' | 'settings' | 'backend' | 'versions'>,
): Promise<{ readonly files: TeacherFiles; readonly card: TeacherCard }> {
  const { classes } = model;
  const predict = (dataset: typeof train) =>
    predictLogits(model, weights, miniBatches({ dataset, batchSize: evaluationBatch, normalization }));
  const values = await predict(train);
  const tested = classificationMetrics(await predict(test), test.labels, classes);
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
    testAccuracy: tested.accuracy,
    testLoss: tested.negativeLogLikelihood,
    trainingAccuracy: classificationMetrics(values, train.labels, classes).accuracy,
  };
  const files = teacherFiles(folder, name);
  await mkdir(folder, { recursive: true });
  writeWholeFile(files.weights, bytes);
  writeWholeFile(files.logits, encodeNpy({ shape: [logits.examples, classes], values }));
  writeWholeFile(files.card, `${JSON.stringify(card, null, 2)}\n`);
  return { files, card };
}
