import { readFile } from 'node:fs/promises';
import { decodeNpy } from '../formats/npy-format.js';
import { checkTeacherLogits, type LogitExamples } from '../sets/teacher-logits.js';
import type { TeacherLogits } from '../types.js';

/**
 * Loads a teacher's logits on a data set from a `.npy` file, float32 `[examples, classes]`, in the order of its
 * examples.
 *
 * @throws Error if the file is missing or malformed, or the logits do not fit the data set.
 */
export async function loadTeacherLogits(file: string, dataset: LogitExamples): Promise<TeacherLogits> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new Error(
      `loadTeacherLogits: ${file} cannot be read (${cause.message}); expected a .npy file of the teacher's logits on ${dataset.name}. Check the path, or train a teacher with \`npx -y pnpm@10 reproduce teacher\`.`,
      { cause },
    );
  });
  return checkTeacherLogits(decodeNpy({ name: file, bytes }), dataset, file);
}
