import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runCli } from './cli.js';
import { experiments } from './experiments/index.js';
import { setNativeEnvironment } from './native/native-environment.js';
import { workspaceRoot } from './native/native-folder.js';
import { enableRelaxedSimd } from './native/relaxed-simd.js';

const { env } = process;
setNativeEnvironment(env);
enableRelaxedSimd();
await runCli(process.argv.slice(2), {
  experiments,
  workerFile: new URL('./worker.js', import.meta.url),
  // A package script runs in the package's folder; its user may have been elsewhere.
  folder: env.npm_lifecycle_event === 'reproduce' && env.INIT_CWD ? env.INIT_CWD : process.cwd(),
  reference: join(workspaceRoot(), 'results'),
  version: createRequire(import.meta.url)('../package.json').version,
});
