import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { headerArguments } from './build-addon.js';
import { nativeFolder } from './native-folder.js';
import { type Program, runProgram } from './run-program.js';
import { type NativeOptions, setUpNative } from './set-up-native.js';
import { setUpWebgpu } from './set-up-webgpu.js';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'native-')));
  folder = join(parent, '.native');
});

/** A folder with what a TensorFlow of pip's has for the addon. */
function fakeTensorflow(at = join(parent, 'site-packages', 'tensorflow')): string {
  mkdirSync(join(at, 'include'), { recursive: true });
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    writeFileSync(join(at, name), '');
  return at;
}

type Answer = number | { readonly code: number | null; readonly output: string };

/** Answers by what a command line contains, 0 where nothing fits; notes all of them. */
function fakeTools(
  answers: Readonly<Record<string, Answer>>,
  loads: readonly string[] = ['tensorflow (on the CPU)'],
) {
  const commands: string[] = [];
  const programs: Program[] = [];
  const said: string[] = [];
  let tries = 0;
  return {
    commands,
    programs,
    said,
    run: async (program: Program) => {
      const command = [program.program, ...program.args].join(' ');
      commands.push(command);
      programs.push(program);
      const answer = Object.entries(answers).find(([part]) => command.includes(part))?.[1] ?? 0;
      return typeof answer === 'number' ? { code: answer, output: '' } : answer;
    },
    say: (line: string) => said.push(line),
    tryBackend: async () => {
      const reason = loads[Math.min(tries++, loads.length - 1)] as string;
      return { loads: !reason.startsWith('wasm'), onGpu: reason.endsWith('a GPU)'), reason };
    },
  };
}

const setUp = (tools: ReturnType<typeof fakeTools>, options: Partial<NativeOptions> = {}) =>
  setUpNative({ folder, device: 'cpu', python: 'python3', official: true, ...options }, tools);

const offline = { code: 1, output: 'npm error   code: ENOTFOUND\nnpm error A complete log is elsewhere\n' };
const noDownload = { 'npm install --prefix': offline };

describe('the official install', () => {
  it('is enough where its download works', async () => {
    const tools = fakeTools({});
    expect((await setUp(tools)).reason).toBe('tensorflow (on the CPU)');
    expect(tools.commands).toEqual([
      `npm install --prefix ${folder} --no-audit --no-fund --loglevel=error @tensorflow/tfjs-node@4.22.0`,
    ]);
    expect(tools.programs[0]?.timeoutMs).not.toBe(0);
  });

  it('is that of tfjs-node-gpu where a GPU is there', async () => {
    const seen = { 'nvidia-smi': { code: 0, output: 'GPU 0: NVIDIA (UUID: GPU-1)\n' } };
    const tools = fakeTools(seen, ['tensorflow (on a GPU)']);
    expect((await setUp(tools, { device: 'auto' })).reason).toBe('tensorflow (on a GPU)');
    expect(tools.commands[1]).toContain('@tensorflow/tfjs-node-gpu@4.22.0');
    const none = fakeTools({ 'nvidia-smi': { code: null, output: 'ENOENT' } });
    await setUp(none, { device: 'auto' });
    expect(none.commands[1]).toContain('@tensorflow/tfjs-node@4.22.0');
  });
});

describe("a build against pip's TensorFlow", () => {
  it('follows where the download fails, with the TensorFlow that Python has', async () => {
    const tensorflow = fakeTensorflow();
    const tools = fakeTools({
      '--ignore-scripts': 0,
      ...noDownload,
      find_spec: { code: 0, output: `${tensorflow}\n` },
    });
    expect((await setUp(tools)).reason).toBe('tensorflow (on the CPU)');
    expect(tools.said.join('\n')).toContain('failed: npm error   code: ENOTFOUND');
    const build = tools.programs.at(-1) as Program;
    const addon = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
    expect(build.args.slice(1, 3)).toEqual(['install', '--build-from-source']);
    expect(build.folder).toBe(addon);
    expect(build.environment).toEqual({ LDFLAGS: `-Wl,-rpath,${tensorflow}` });
    expect(readlinkSync(join(addon, 'deps', 'lib', 'libtensorflow.so'))).toBe(
      join(tensorflow, 'libtensorflow_cc.so.2'),
    );
    expect(readlinkSync(join(addon, 'deps', 'lib', 'libtensorflow_framework.so'))).toBe(
      join(tensorflow, 'libtensorflow_framework.so.2'),
    );
    expect(readlinkSync(join(addon, 'deps', 'include'))).toBe(join(tensorflow, 'include'));
  });

  it('is made at once against a folder that is named', async () => {
    const tools = fakeTools({});
    await setUp(tools, { tensorflow: fakeTensorflow() });
    expect(tools.commands.filter((command) => command.startsWith('npm'))).toHaveLength(1);
    expect(tools.commands.some((command) => command.includes('pip'))).toBe(false);
  });

  it('is made at once where no download is wanted', async () => {
    const tools = fakeTools({ find_spec: { code: 0, output: fakeTensorflow() } });
    await setUp(tools, { official: false });
    const installs = tools.commands.filter((command) => command.startsWith('npm'));
    expect(installs).toEqual([expect.stringContaining('--ignore-scripts')]);
  });

  it('follows where the official binaries see no GPU, by the wheel with CUDA', async () => {
    const tools = fakeTools({ find_spec: { code: 0, output: '\n' } }, [
      'tensorflow (on the CPU)',
      'tensorflow (on a GPU)',
    ]);
    const { run } = tools;
    tools.run = (program) => {
      if (program.args.includes('pip')) fakeTensorflow(join(folder, 'python', 'tensorflow'));
      return run(program);
    };
    expect((await setUp(tools, { device: 'gpu' })).reason).toBe('tensorflow (on a GPU)');
    expect(tools.said.join('\n')).toContain('sees no GPU, for which it needs CUDA 11.2');
    const pip = tools.commands.find((command) => command.includes('pip install')) as string;
    expect(pip).toContain(`--target ${join(folder, 'python')} tensorflow[and-cuda]`);
  });

  it.each<[string, Readonly<Record<string, Answer>>, string]>([
    [
      'pip cannot install it',
      { 'pip install': { code: 1, output: 'ERROR: No matching distribution found for tensorflow-cpu\n' } },
      'pip cannot install TensorFlow: ERROR: No matching distribution found for tensorflow-cpu. Is its index',
    ],
    ['what pip installed has no libraries', {}, 'has no include, no libtensorflow_cc.so.2'],
  ])('fails with advice where %s', async (_, answers, message) => {
    const tools = fakeTools({ ...answers, ...noDownload });
    await expect(setUp(tools)).rejects.toThrow(message);
  });

  it.each<[string, Readonly<Record<string, Answer>>, string | RegExp]>([
    ['the compiler is missing', { 'c++ --version': 1 }, 'c++ is not there; expected make, a C++ compiler'],
    [
      'npm has no registry',
      noDownload,
      'npm cannot install @tensorflow/tfjs-node: npm error   code: ENOTFOUND',
    ],
    [
      'the compiler fails',
      { 'node-pre-gyp': { code: 1, output: 'x.cc:1: error: no\n' } },
      /does not build against .*\nx\.cc:1: error: no\nIt needs make/s,
    ],
  ])('fails with advice where %s, and leaves an empty package', async (_, answers, message) => {
    const tools = fakeTools(answers);
    await expect(setUp(tools, { tensorflow: fakeTensorflow() })).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(['package.json']);
  });

  it('fails where the addon is built but does not load', async () => {
    const tools = fakeTools({}, ['wasm (...); tensorflow was passed over: GLIBC_2.38 not found']);
    await expect(setUp(tools, { tensorflow: fakeTensorflow() })).rejects.toThrow(
      'built but does not load: wasm (...); tensorflow was passed over: GLIBC_2.38 not found',
    );
  });
});

it('leaves a folder alone that holds something else', async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "mine" }');
  await expect(setUp(fakeTools({}))).rejects.toThrow('holds something else; expected an empty folder');
  await expect(setUpWebgpu(folder, fakeTools({}))).rejects.toThrow('holds something else');
  expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('{ "name": "mine" }');
});

it('sets up WebGPU beside what is there', async () => {
  await setUp(fakeTools({}));
  mkdirSync(join(folder, 'node_modules'));
  const tools = fakeTools({}, ['webgpu (the package webgpu)']);
  expect((await setUpWebgpu(folder, tools)).reason).toBe('webgpu (the package webgpu)');
  expect(tools.commands[0]).toContain(
    ' webgpu @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-webgpu@4.22.0',
  );
  expect(existsSync(join(folder, 'node_modules'))).toBe(true);
  const noDriver = fakeTools({}, ['wasm (...); webgpu was passed over: no WebGPU adapter was found']);
  await expect(setUpWebgpu(folder, noDriver)).rejects.toThrow(
    'does not load: wasm (...); webgpu was passed over',
  );
});

it("builds with Node's own headers where they lie beside it", () => {
  for (const name of ['with', 'without']) {
    mkdirSync(join(parent, name, 'bin'), { recursive: true });
    writeFileSync(join(parent, name, 'bin', 'node'), '');
  }
  mkdirSync(join(parent, 'with', 'include', 'node'), { recursive: true });
  writeFileSync(join(parent, 'with', 'include', 'node', 'node_api.h'), '');
  expect(headerArguments(join(parent, 'with', 'bin', 'node'))).toEqual([`--nodedir=${join(parent, 'with')}`]);
  expect(headerArguments(join(parent, 'without', 'bin', 'node'))).toEqual([]);
});

it('goes to the folder that METADISTILL_NATIVE names, else beside the workspace', () => {
  expect(nativeFolder({ METADISTILL_NATIVE: '/elsewhere' })).toBe('/elsewhere');
  const root = nativeFolder({}).replace(/\.native$/, '');
  expect(existsSync(join(root, 'pnpm-workspace.yaml'))).toBe(true);
});

it('ends a program that hangs, and one that is not there', async () => {
  const hangs = { program: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
  const hanging = await runProgram({ ...hangs, timeoutMs: 100 });
  expect(hanging).toEqual({ code: null, output: expect.stringContaining('stopped after 0.1 s') });
  expect((await runProgram({ program: 'no-such-program', args: [] })).output).toContain('ENOENT');
});
