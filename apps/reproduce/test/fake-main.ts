import { join } from 'node:path';
import { runCli } from '../src/cli.js';
import { fakeExperiment } from './fake-experiment.js';

await runCli(process.argv.slice(2), {
  experiments: [fakeExperiment],
  workerFile: new URL('./fake-worker.js', import.meta.url),
  folder: process.cwd(),
  reference: join(process.cwd(), 'results'),
  version: '1.2.3',
});
