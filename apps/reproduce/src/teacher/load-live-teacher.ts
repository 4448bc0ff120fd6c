import type { Dataset } from '@metadistill/datasets';
import { decodeSafetensors, loadWeights, type Model, type SafetensorsFile } from '@metadistill/models';
import type { LiveTeacher } from '@metadistill/trainer';
import { readRegularFile, UnreadableFileError } from '../logs/read-regular-file.js';
import { checkWeightsCard, dataFingerprint } from './teacher-card.js';
import { teacherModel } from './teacher-models.js';
import { teacherDatasets } from './teacher-names.js';

/**
 * A teacher that `reproduce teacher` trained, ready to answer. Its weights belong to the caller.
 *
 * @throws Error as `readLiveTeacher` does.
 */
export async function loadLiveTeacher(path: string, data: Dataset): Promise<LiveTeacher> {
  const { model, file } = await readLiveTeacher(path, data);
  return { model, weights: loadWeights(model, file) };
}

/**
 * The file of a teacher that `reproduce teacher` trained, and its model.
 *
 * @throws Error if the file cannot be read, was not written by `reproduce teacher`, or is a teacher of other data.
 */
export async function readLiveTeacher(
  path: string,
  data: Dataset,
): Promise<{ readonly model: Model; readonly file: SafetensorsFile }> {
  const bytes = readWeights(path);
  await checkWeightsCard(path, bytes);
  const file = { name: path, bytes };
  const { metadata } = decodeSafetensors(file);
  const dataset = teacherDatasets.find((name) => name === metadata.dataset);
  const model = dataset && teacherModel(dataset, metadata.model ?? '');
  if (!model) {
    throw new Error(
      `${path} names no teacher: its metadata are ${JSON.stringify(metadata)}; expected a dataset and a model as ` +
        '`reproduce teacher` writes them.',
    );
  }
  const expected = await dataFingerprint(data);
  if (metadata.data !== expected) {
    throw new Error(
      `${path}: the fingerprint of the teacher's data is ${metadata.data}; expected ${expected}, that of ${data.name} ` +
        'here. A teacher that was trained on other images is not compared here: train one again.',
    );
  }
  return { model, file };
}

/** More than the weights of any teacher here. */
const maxWeightsBytes = 2 ** 31;

/** @throws Error if the file of a live teacher is not there or cannot be read. */
export function readWeights(path: string): Uint8Array {
  let reason = 'there is no such file';
  try {
    const bytes = readRegularFile(path, maxWeightsBytes);
    if (bytes) return bytes;
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    reason = error.reason;
  }
  throw new Error(
    `the live teacher ${path} cannot be read: ${reason}. Train one with \`reproduce teacher\`.`,
  );
}
