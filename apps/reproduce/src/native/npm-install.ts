import type { Program } from './run-program.js';

/** The version of TensorFlow.js that the workspace uses. */
const tfjsVersion = '4.22.0';

/**
 * Installs packages into a folder by npm rather than pnpm, so that the folder is no part of the workspace.
 *
 * @param packages names; those of TensorFlow.js get the workspace's version.
 */
export const npmInstall = (
  folder: string,
  packages: readonly string[],
  options: readonly string[] = [],
): Program => ({
  program: 'npm',
  args: [
    'install',
    '--prefix',
    folder,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...options,
    ...packages.map((name) => (name.startsWith('@tensorflow/') ? `${name}@${tfjsVersion}` : name)),
  ],
  folder,
});
