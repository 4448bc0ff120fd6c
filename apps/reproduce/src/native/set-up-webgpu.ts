import { ensurePackage } from './empty-package.js';
import { npmInstall } from './npm-install.js';
import { reasonOf } from './run-program.js';
import type { SetUpTools, TriedBackend } from './set-up-native.js';

/**
 * Installs the WebGPU backend and, for Node, Dawn into a folder, beside what is there.
 *
 * @returns what was loaded at the end.
 * @throws Error that says which step failed and what to do.
 */
export async function setUpWebgpu(
  folder: string,
  { run, say, tryBackend }: SetUpTools,
): Promise<TriedBackend> {
  say(`WebGPU, into ${folder}`);
  ensurePackage(folder);
  const { code, output } = await run(
    npmInstall(folder, ['webgpu', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu']),
  );
  if (code !== 0) {
    throw new Error(`npm cannot install the WebGPU backend: ${reasonOf(output)}. Is its registry reachable?`);
  }
  const tried = await tryBackend();
  if (!tried.loads) throw new Error(`WebGPU is installed but does not load: ${tried.reason}`);
  return tried;
}
