import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

/**
 * Compiles the command line and the worker of the fake experiment, which tests spawn.
 *
 * @param name - a folder of its own for each test file.
 * @returns the compiled files, placed where they find the packages that they import.
 */
export async function buildFakes(name: string): Promise<{ readonly main: string; readonly workerFile: URL }> {
  const folder = new URL(`../node_modules/.cache/${name}/`, import.meta.url);
  const here = fileURLToPath(new URL('.', import.meta.url));
  await build({
    config: false,
    entry: [`${here}fake-main.ts`, `${here}fake-worker.ts`],
    outDir: fileURLToPath(folder),
    format: 'esm',
    target: 'node20',
    skipNodeModulesBundle: true,
    silent: true,
  });
  return {
    main: fileURLToPath(new URL('fake-main.js', folder)),
    workerFile: new URL('fake-worker.js', folder),
  };
}
