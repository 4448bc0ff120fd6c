import { fileURLToPath } from 'node:url';
import { runCli } from './cli.js';
import { experiments } from './experiments/index.js';
import { setNativeEnvironment } from './native/native-environment.js';
import { enableRelaxedSimd } from './native/relaxed-simd.js';

const { env } = process;
setNativeEnvironment(env);
enableRelaxedSimd();
await runCli(process.argv.slice(2), {
  experiments,
  workerFile: new URL('./worker.js', import.meta.url),
  // A package script runs in the package's folder; its user may have been elsewhere.
  folder: env.npm_lifecycle_event === 'reproduce' && env.INIT_CWD ? env.INIT_CWD : process.cwd(),
  reference: fileURLToPath(new URL('../../../results', import.meta.url)),
});
