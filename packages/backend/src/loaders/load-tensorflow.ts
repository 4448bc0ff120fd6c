import { setBackend } from '@tensorflow/tfjs-core';
import { checkArithmetic } from './check-arithmetic.js';
import { importOptional } from './import-optional.js';
import { restoreRemovedUtil } from './restore-removed-util.js';

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/**
 * Makes TensorFlow.js compute with native TensorFlow: `@tensorflow/tfjs-node-gpu`, else `@tensorflow/tfjs-node`.
 *
 * Both are optional peers. An installed package whose addon was never built, or whose libraries do not fit,
 * counts as absent; so does one that cannot add two numbers.
 *
 * @returns which package was loaded, in words.
 * @throws Error that names why neither of them works.
 */
export async function loadTensorflow(): Promise<string> {
  const reasons: string[] = [];
  for (const name of packages) {
    try {
      restoreRemovedUtil();
      await importOptional(name);
      if (!(await setBackend('tensorflow'))) throw new Error('its backend did not initialise');
      await checkArithmetic();
      return name;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(reasons.join('; '));
}
