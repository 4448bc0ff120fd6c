import { findBackendFactory, setBackend } from '@tensorflow/tfjs-core';
import { registerKernels } from '../register-kernels.js';
import { checkArithmetic } from './check-arithmetic.js';
import { importOptional } from './import-optional.js';
import type { LoadedBackend } from './loaded-backend.js';

/** Whether there may be a WebGL: in a page, or in a worker that can draw. */
export const isInPage = (): boolean => 'OffscreenCanvas' in globalThis || 'document' in globalThis;

/**
 * Makes TensorFlow.js compute on a GPU through WebGL, in a page.
 *
 * `@tensorflow/tfjs-backend-webgl` is an optional peer. A bundler does not see that it is asked for here: import it where
 * you import TensorFlow.js; `@tensorflow/tfjs` has it.
 *
 * @throws Error that names what is missing.
 */
export async function loadWebgl(): Promise<LoadedBackend> {
  if (!isInPage()) throw new Error('WebGL is only available in a browser');
  if (!findBackendFactory('webgl')) await importOptional('@tensorflow/tfjs-backend-webgl');
  if (!(await setBackend('webgl'))) throw new Error('this browser has no WebGL');
  registerKernels('webgl');
  await checkArithmetic();
  return { description: "the browser's WebGL", onGpu: true };
}
