import { runCli } from '../src/cli.js';
import { fakeEnvironment } from './fake-environment.js';

const workerFile = new URL('./fake-worker.js', import.meta.url);
await runCli(process.argv.slice(2), fakeEnvironment(process.cwd(), workerFile));
