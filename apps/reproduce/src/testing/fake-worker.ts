import { executeRunOf } from '../execute-run.js';
import { fakeExperiment } from './fake-experiment.js';

export const executeRun = executeRunOf([fakeExperiment]);
