import { enableProdMode } from '@tensorflow/tfjs-core';
import { executeRunOf } from './execute-run.js';
import { experiments } from './experiments/index.js';

// Silences the advice that TF.js prints in Node on its first tensor.
enableProdMode();

/** What the pool calls in each worker. */
export const executeRun = executeRunOf(experiments);
