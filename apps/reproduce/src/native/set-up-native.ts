import { join } from 'node:path';
import { buildAddon } from './build-addon.js';
import { emptyPackage } from './empty-package.js';
import { npmInstall } from './npm-install.js';
import { type RunProgram, reasonOf } from './run-program.js';
import { checkTensorflow, findTensorflow } from './tensorflow-package.js';

export interface NativeOptions {
  /** Where all of it goes. What it set up before is replaced. */
  readonly folder: string;
  /** `auto` takes a GPU where `nvidia-smi` sees one. */
  readonly device: 'auto' | 'gpu' | 'cpu';
  /** The folder of Python's package tensorflow to build against; by default what Python or pip has. */
  readonly tensorflow?: string;
  readonly python: string;
  /** Whether the official install is tried first; not where `tensorflow` is given. */
  readonly official: boolean;
}

/** Whether a backend loads from the folder, and where it computes. */
export interface TriedBackend {
  readonly loads: boolean;
  readonly onGpu: boolean;
  /** In one line what was loaded, or why it was not. */
  readonly reason: string;
}

/** What a set-up works with. */
export interface SetUpTools {
  readonly run: RunProgram;
  /** Hears each step. */
  readonly say: (line: string) => void;
  /** Loads what is in the folder in a process of its own. */
  readonly tryBackend: () => Promise<TriedBackend>;
}

/**
 * Sets up native TensorFlow in a folder: the official install of tfjs-node if its download works, else its addon
 * built against a TensorFlow of pip's.
 *
 * @returns what was loaded at the end.
 * @throws Error that says which step failed and what to do; the folder then is as good as empty.
 */
export async function setUpNative(options: NativeOptions, tools: SetUpTools): Promise<TriedBackend> {
  const { folder } = options;
  const gpu = await wantsGpu(options, tools);
  tools.say(`native TensorFlow for ${gpu ? 'a GPU' : 'the CPU'}, into ${folder}`);
  try {
    if (options.official && options.tensorflow === undefined) {
      const loaded = await installOfficially(folder, gpu, tools);
      if (loaded !== undefined) return loaded;
    }
    return await buildAgainstPip(options, gpu, tools);
  } catch (error) {
    emptyPackage(folder);
    throw error;
  }
}

async function wantsGpu({ device }: NativeOptions, { run }: SetUpTools): Promise<boolean> {
  if (device !== 'auto') return device === 'gpu';
  const { code, output } = await run({ program: 'nvidia-smi', args: ['-L'], timeoutMs: 30_000 });
  return code === 0 && output.includes('GPU');
}

/** What loads after `npm install`; undefined, once the reason is reported, if nothing does. */
async function installOfficially(
  folder: string,
  gpu: boolean,
  { run, say, tryBackend }: SetUpTools,
): Promise<TriedBackend | undefined> {
  const name = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  say(`the official install of ${name}, which downloads libtensorflow 2.9.1`);
  emptyPackage(folder);
  const installed = await run(npmInstall(folder, [name]));
  if (installed.code !== 0) {
    say(`   failed: ${reasonOf(installed.output)}`);
    return undefined;
  }
  const tried = await tryBackend();
  const { loads, onGpu, reason } = tried;
  if (loads && (!gpu || onGpu)) return tried;
  say(loads ? `   sees no GPU, for which it needs CUDA 11.2 and cuDNN 8.1: ${reason}` : `   ${reason}`);
  return undefined;
}

async function buildAgainstPip(
  options: NativeOptions,
  gpu: boolean,
  tools: SetUpTools,
): Promise<TriedBackend> {
  const { folder, python } = options;
  const { run, say, tryBackend } = tools;
  if (process.platform !== 'linux') {
    throw new Error(
      `only the official install works on ${process.platform}; expected Linux for a build against pip's TensorFlow. ` +
        'The wasm backend needs nothing but npm.',
    );
  }
  emptyPackage(folder);
  say("a TensorFlow of pip's");
  const tensorflow =
    options.tensorflow ??
    (await findTensorflow(python, run)) ??
    (await pipInstall(folder, python, gpu, tools));
  checkTensorflow(tensorflow);
  say(`   ${tensorflow}`);
  say('the addon of @tensorflow/tfjs-node, built against it');
  await expectCompiler(run);
  const installed = await run(npmInstall(folder, ['@tensorflow/tfjs-node'], ['--ignore-scripts']));
  if (installed.code !== 0) {
    throw new Error(
      `npm cannot install @tensorflow/tfjs-node: ${reasonOf(installed.output)}. Is its registry reachable?`,
    );
  }
  await buildAddon(folder, tensorflow, run);
  const tried = await tryBackend();
  if (!tried.loads) throw new Error(`the addon was built but does not load: ${tried.reason}`);
  if (gpu && !tried.onGpu) {
    say('   it sees no GPU; is the TensorFlow one of CUDA? python3 -m pip install "tensorflow[and-cuda]"');
  }
  return tried;
}

/** Installs TensorFlow below the folder, which needs no virtual environment. */
async function pipInstall(
  folder: string,
  python: string,
  gpu: boolean,
  { run, say }: SetUpTools,
): Promise<string> {
  const target = join(folder, 'python');
  // The addon uses its libraries alone: without CUDA's it needs none of the packages that Python would.
  const what = gpu
    ? ['tensorflow[and-cuda]']
    : ['--no-deps', process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow'];
  say(`   python has none: pip installs ${what.at(-1)} into ${target}`);
  const { code, output } = await run({
    program: python,
    args: [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--retries',
      '1',
      '--target',
      target,
      ...what,
    ],
    timeoutMs: 1_800_000,
  });
  if (code !== 0) {
    throw new Error(
      `pip cannot install TensorFlow: ${reasonOf(output)}. ` +
        'Is its index reachable, and is there a wheel for this Python? Give another Python by --python, ' +
        'or the folder of an installed TensorFlow by --tensorflow.',
    );
  }
  return join(target, 'tensorflow');
}

async function expectCompiler(run: RunProgram): Promise<void> {
  for (const program of ['make', 'c++', 'python3']) {
    const { code } = await run({ program, args: ['--version'] });
    if (code === 0) continue;
    throw new Error(
      `${program} is not there; expected make, a C++ compiler and Python 3, which build the addon. ` +
        'Install them (Debian: apt-get install make g++ python3).',
    );
  }
}
