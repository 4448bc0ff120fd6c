import { decodeNpy } from '../formats/npy-format.js';
import { checkTeacherLogits, type LogitExamples } from '../sets/teacher-logits.js';
import type { TeacherLogits } from '../types.js';
import { readRegularFile } from './regular-file.js';

/** A larger file is read only for a data set that asks for as many logits. */
const usualBytes = 256 * 1024 ** 2;

/**
 * Loads a teacher's logits on a data set from a `.npy` file, float32 `[examples, classes]`, in the order of its
 * examples.
 *
 * @throws Error if the file is missing or malformed, or the logits do not fit the data set.
 */
export async function loadTeacherLogits(file: string, dataset: LogitExamples): Promise<TeacherLogits> {
  return checkTeacherLogits(decodeNpy({ name: file, bytes: read(file, dataset) }), dataset, file);
}

function read(file: string, dataset: LogitExamples): Uint8Array {
  try {
    return readRegularFile(file, Math.max(usualBytes, 8 * dataset.labels.length * dataset.classes));
  } catch (cause) {
    throw new Error(
      `loadTeacherLogits: ${file} cannot be read (${(cause as Error).message}); expected a .npy file of the teacher's logits on ${dataset.name}. Check the path, or train a teacher with \`npx -y pnpm@10 reproduce teacher\`.`,
      { cause },
    );
  }
}
