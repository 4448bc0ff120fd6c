import { enableProdMode } from '@tensorflow/tfjs-core';
import { experiments } from './experiments/index.js';
import { executeRunOf } from './runs/execute-run.js';

// Silences the advice that TF.js prints in Node on its first tensor.
enableProdMode();

/** What the pool calls in each worker. */
export const executeRun = executeRunOf(experiments);
