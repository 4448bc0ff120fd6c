import { executeRunOf } from './execute-run.js';
import { experiments } from './experiments/index.js';

/** What the pool calls in each worker. */
export const executeRun = executeRunOf(experiments);
