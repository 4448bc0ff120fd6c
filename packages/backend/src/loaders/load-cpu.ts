import { setBackend } from '@tensorflow/tfjs-core';
import { registerKernels } from '../register-kernels.js';
import type { LoadedBackend } from './loaded-backend.js';

/**
 * Makes TensorFlow.js compute with its plain JavaScript backend, which is always there.
 *
 * @throws Error if the backend does not initialise.
 */
export async function loadCpu(): Promise<LoadedBackend> {
  await import('@tensorflow/tfjs-backend-cpu');
  if (!(await setBackend('cpu'))) throw new Error('TensorFlow.js could not initialise its cpu backend');
  registerKernels('cpu');
  return { description: 'plain JavaScript', onGpu: false };
}
