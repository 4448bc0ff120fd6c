import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type RunProgram, tail } from './run-program.js';
import { tensorflowLibraries } from './tensorflow-package.js';

/**
 * Builds the addon of an installed `@tensorflow/tfjs-node` against a TensorFlow that pip installed.
 *
 * The addon links with `libtensorflow` and `libtensorflow_framework` from `deps/lib`. It finds them at run time by the
 * folder itself: through links, a GPU build would not find the CUDA libraries that lie beside it.
 *
 * @param folder has `@tensorflow/tfjs-node` in its `node_modules`.
 * @param tensorflow the folder of Python's package tensorflow.
 * @throws Error with the compiler's last lines.
 */
export async function buildAddon(folder: string, tensorflow: string, run: RunProgram): Promise<void> {
  const modules = join(folder, 'node_modules');
  const addon = join(modules, '@tensorflow', 'tfjs-node');
  const libraries = realpathSync(tensorflow);
  linkDependencies(addon, libraries);
  const { code, output } = await run({
    program: process.execPath,
    args: [
      join(modules, '@mapbox', 'node-pre-gyp', 'bin', 'node-pre-gyp'),
      'install',
      '--build-from-source',
      ...headerArguments(process.execPath),
    ],
    folder: addon,
    environment: { LDFLAGS: `-Wl,-rpath,${libraries}` },
  });
  if (code !== 0) {
    throw new Error(
      `the addon of @tensorflow/tfjs-node does not build against ${libraries}:\n${tail(output)}\n` +
        'It needs make, a C++ compiler and Python 3 (Debian: apt-get install make g++ python3).',
    );
  }
}

/** Node's own headers where they are installed beside it; without them node-gyp downloads them. */
export function headerArguments(node: string): string[] {
  const prefix = dirname(dirname(realpathSync(node)));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

function linkDependencies(addon: string, tensorflow: string): void {
  const deps = join(addon, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  symlinkSync(join(tensorflow, 'include'), join(deps, 'include'));
  const [cc, framework] = tensorflowLibraries;
  symlinkSync(join(tensorflow, cc), join(deps, 'lib', 'libtensorflow.so'));
  symlinkSync(join(tensorflow, framework), join(deps, 'lib', 'libtensorflow_framework.so'));
}
