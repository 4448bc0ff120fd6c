import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunProgram } from './run-program.js';

/** What the addon is linked with, in the folder of a TensorFlow that pip installed on Linux. */
export const tensorflowLibraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** The folder of Python's package tensorflow, found without importing it; undefined if there is none. */
export async function findTensorflow(python: string, run: RunProgram): Promise<string | undefined> {
  const code =
    'import importlib.util as u; s = u.find_spec("tensorflow"); print(next(iter(s.submodule_search_locations), "") if s else "")';
  const { code: exit, output } = await run({ program: python, args: ['-c', code] });
  const folder = output.trim().split('\n').at(-1);
  return exit === 0 && folder ? folder : undefined;
}

/**
 * Expects a folder to be a TensorFlow that the addon can be built against.
 *
 * @throws Error that names what is missing there.
 */
export function checkTensorflow(folder: string): void {
  const missing = ['include', ...tensorflowLibraries].filter((name) => !existsSync(join(folder, name)));
  if (missing.length === 0) return;
  throw new Error(
    `${folder} has no ${missing.join(', no ')}; expected the folder \`tensorflow\` of a pip package for Linux. ` +
      'Give another one by --tensorflow, or upgrade it: python3 -m pip install --upgrade tensorflow',
  );
}
