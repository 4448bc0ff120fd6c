import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { checkFiniteLogits } from './metrics/check-finite-logits.js';

/** A teacher's logits by example, so that shuffled batches find theirs. */
export interface TeacherCache {
  readonly examples: number;
  readonly classes: number;
  /** What the logits were computed from; see `fingerprint`. */
  readonly fingerprint: string;
  /** Row-major `[examples, classes]`, to be stored. Not to be written to. */
  readonly logits: Float32Array;
  /** The rows of these examples, `[indices.length, classes]`; belongs to the caller. */
  at(indices: ArrayLike<number>): Tensor2D;
}

export interface StoredTeacherLogits {
  /** Row-major `[examples, classes]`. */
  readonly logits: Float32Array;
  readonly classes: number;
  readonly fingerprint: string;
}

/**
 * A cache over stored logits, keyed by the example's index in the data.
 *
 * @param expectedFingerprint what the caller's teacher and data give; a cache of anything else is refused.
 * @throws RangeError where a logit is not finite or the length is no multiple of the classes; Error where the
 * fingerprint is another one; RangeError from `at` where an index is out of range.
 */
export function teacherCache(
  stored: StoredTeacherLogits,
  expectedFingerprint = stored.fingerprint,
): TeacherCache {
  const { logits, classes, fingerprint } = stored;
  if (fingerprint !== expectedFingerprint) {
    throw new Error(
      `teacherCache: fingerprint is ${fingerprint}; expected ${expectedFingerprint}. ` +
        'The logits are of another teacher, data or augmentation: compute them again.',
    );
  }
  checkFiniteLogits(logits, classes);
  const examples = logits.length / classes;
  return {
    examples,
    classes,
    fingerprint,
    logits,
    at(indices) {
      const rows = new Float32Array(indices.length * classes);
      for (let i = 0; i < indices.length; i += 1) {
        const index = indices[i] as number;
        checkIndex('teacherCache', index, examples);
        rows.set(logits.subarray(index * classes, (index + 1) * classes), i * classes);
      }
      return tensor2d(rows, [indices.length, classes]);
    },
  };
}

/** Examples that a teacher has answered: their indices and its logits `[indices.length, classes]`. */
export interface TeacherBatch {
  readonly indices: ArrayLike<number>;
  /** Disposed of by `cacheTeacher`. */
  readonly logits: Tensor2D;
}

/**
 * Collects a teacher's answers into a cache, batch by batch and in any order.
 *
 * @param batches every example once; run the teacher lazily, outside any gradient, in evaluation mode and without
 * augmentation.
 * @throws RangeError where a batch does not fit, an example comes twice or never, or a logit is not finite.
 */
export async function cacheTeacher(
  batches: Iterable<TeacherBatch> | AsyncIterable<TeacherBatch>,
  options: { readonly examples: number; readonly classes: number; readonly fingerprint: string },
): Promise<TeacherCache> {
  const { examples, classes, fingerprint } = options;
  const logits = new Float32Array(examples * classes);
  const seen = new Uint8Array(examples);
  for await (const batch of batches) {
    const { indices } = batch;
    const shape = batch.logits.shape;
    const values = await batch.logits.data();
    batch.logits.dispose();
    if (shape[0] !== indices.length || shape[1] !== classes) {
      throw new RangeError(
        `cacheTeacher: logits has shape [${shape}]; expected [${indices.length}, ${classes}]. ` +
          'Was the teacher trained on another dataset?',
      );
    }
    for (let i = 0; i < indices.length; i += 1) {
      const index = indices[i] as number;
      checkIndex('cacheTeacher', index, examples);
      if (seen[index]) throw new RangeError(`cacheTeacher: example ${index} came twice; expected it once.`);
      seen[index] = 1;
      logits.set(values.subarray(i * classes, (i + 1) * classes), index * classes);
    }
  }
  const missing = seen.indexOf(0);
  if (missing >= 0) {
    throw new RangeError(`cacheTeacher: example ${missing} never came; expected all ${examples}.`);
  }
  return teacherCache({ logits, classes, fingerprint });
}

function checkIndex(caller: string, index: number, examples: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= examples) {
    throw new RangeError(
      `${caller}: index is ${index}; expected an integer from 0 to ${examples - 1}. Is the cache of this data?`,
    );
  }
}
