import { Argument, Command, Option } from 'commander';
import { nativeFolder } from '../native/native-folder.js';
import { runProgram } from '../native/run-program.js';
import type { NativeOptions, TriedBackend } from '../native/set-up-native.js';
import { oneOf } from './options.js';

const backends = ['tensorflow', 'webgpu'] as const;
const devices = ['auto', 'gpu', 'cpu'] as const;
type Backend = (typeof backends)[number];

interface Options {
  readonly device: NativeOptions['device'];
  readonly tensorflow?: string;
  readonly python: string;
  readonly official: boolean;
  readonly check?: true;
  readonly json?: true;
}

/** The command that sets up a backend outside the workspace, for every later run to use. */
export function nativeCommand(): Command {
  return (
    new Command('native')
      .description('set up native TensorFlow, or WebGPU, in a folder of its own')
      .addArgument(
        new Argument('[backend]', backends.join(' or '))
          .default('tensorflow')
          .argParser(oneOf('backend', backends)),
      )
      .option('--device <name>', devices.join(', '), oneOf('device', devices), 'auto')
      .option('--tensorflow <folder>', "build against Python's package tensorflow in this folder")
      .option('--python <program>', 'the Python that has TensorFlow, or whose pip installs it', 'python3')
      .option('--no-official', "go to pip's TensorFlow at once, without the official download")
      .option('--check', 'only load what was set up, and say what it is')
      // For the process below that reads the facts.
      .addOption(new Option('--json').hideHelp())
      .addHelpText('after', '\nMETADISTILL_NATIVE names another folder than `.native`.')
      .action(async (backend: Backend, { check, json, ...options }: Options) => {
        const folder = nativeFolder();
        if (check) {
          const { chooseBackend } = await import('../native/choose-backend.js');
          const { name, onGpu, reason } = await chooseBackend({ prefer: backend, nativeFolder: folder });
          const tried: TriedBackend = { loads: name === backend, onGpu, reason };
          console.log(json ? JSON.stringify(tried) : reason);
          process.exitCode = tried.loads ? 0 : 1;
          return;
        }
        const { setUpNative } = await import('../native/set-up-native.js');
        const { setUpWebgpu } = await import('../native/set-up-webgpu.js');
        const tools = {
          run: runProgram,
          say: (line: string) => console.log(line),
          tryBackend: () => load(backend),
        };
        const loaded =
          backend === 'webgpu'
            ? await setUpWebgpu(folder, tools)
            : await setUpNative({ folder, ...options }, tools);
        console.log(`${loaded.reason}\n${howToTake(backend, loaded)}`);
      })
  );
}

function howToTake(backend: Backend, { onGpu }: TriedBackend): string {
  if (backend === 'webgpu') return 'Runs take it by --backend webgpu.';
  if (onGpu) return 'Runs take it from now on.';
  return 'Runs take it by --backend tensorflow; by themselves they take wasm, which is faster for small nets.';
}

/** In a process of its own: a library that failed to load once is not tried again in the same one. */
async function load(backend: Backend): Promise<TriedBackend> {
  const args = [process.argv[1] as string, 'native', backend, '--check', '--json'];
  const { output } = await runProgram({ program: process.execPath, args, timeoutMs: 120_000 });
  const reason = output.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(reason) as TriedBackend;
  } catch {
    // A native library that crashes takes the process along.
    return { loads: false, onGpu: false, reason };
  }
}
