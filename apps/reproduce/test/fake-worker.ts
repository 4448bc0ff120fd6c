import { executeRunOf } from '../src/runs/execute-run.js';
import { fakeExperiment } from './fake-experiment.js';

export const executeRun = executeRunOf([fakeExperiment]);
