import { backend, setBackend } from '@tensorflow/tfjs-core';
import { registerKernels } from '../register-kernels.js';
import { checkArithmetic } from './check-arithmetic.js';
import { importOptional } from './import-optional.js';
import type { LoadedBackend } from './loaded-backend.js';
import type { NativeBackend } from './native-backend.js';
import { restoreRemovedUtil } from './restore-removed-util.js';

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/**
 * Makes TensorFlow.js compute with native TensorFlow: `@tensorflow/tfjs-node-gpu`, else `@tensorflow/tfjs-node`.
 *
 * Both are optional peers. An installed package whose addon was never built, or whose libraries do not fit,
 * counts as absent; so does one that cannot add two numbers.
 *
 * @param folder looked into before the peers: a folder that has one of them in its `node_modules`.
 * @throws Error that names why neither of them works.
 */
export async function loadTensorflow(folder?: string): Promise<LoadedBackend> {
  const reasons: string[] = [];
  for (const name of packages) {
    try {
      restoreRemovedUtil();
      await importOptional(name, folder);
      if (!(await setBackend('tensorflow'))) throw new Error('its backend did not initialise');
      registerKernels('tensorflow');
      await checkArithmetic();
      const onGpu = (backend() as NativeBackend).isUsingGpuDevice;
      return { description: `${name} on ${onGpu ? 'a GPU' : 'the CPU'}`, onGpu };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(reasons.join('; '));
}
