import { join } from 'node:path';
import type { Environment } from '../src/runs/environment.js';
import { fakeExperiment } from './fake-experiment.js';

/** The fake experiment, with logs and the reference in a folder. */
export const fakeEnvironment = (folder: string, workerFile: URL): Environment => ({
  experiments: [fakeExperiment],
  workerFile,
  folder,
  reference: join(folder, 'results'),
  version: '1.2.3',
});
