import { setBackend } from '@tensorflow/tfjs-core';
import { registerCpuKernels } from '../register-kernels.js';

/**
 * Makes TensorFlow.js compute with its plain JavaScript backend, which is always there.
 *
 * @returns what was loaded, in words.
 * @throws Error where the backend does not initialise.
 */
export async function loadCpu(): Promise<string> {
  await import('@tensorflow/tfjs-backend-cpu');
  if (!(await setBackend('cpu'))) throw new Error('TensorFlow.js could not initialise its cpu backend');
  registerCpuKernels();
  return 'plain JavaScript';
}
