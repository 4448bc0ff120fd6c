import { existsSync, readdirSync, readFileSync } from 'node:fs';
import {
  getKernel,
  getKernelsForBackend,
  type KernelConfig,
  registerKernel,
  setBackend,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BackendName } from './backend-name.js';
import type { KernelRow } from './kernels/call/kernel-row.js';
import { kernelRows, registerKernels } from './register-kernels.js';
import { selectBackend } from './select-backend.js';

beforeAll(async () => {
  await selectBackend({ prefer: 'wasm' });
});
afterAll(async () => {
  await setBackend('cpu');
});

it('registers what wasm lacks once, whoever asks for it again', () => {
  const filterGradient = getKernel('Conv2DBackpropFilter', 'wasm');
  const conv2d = getKernel('Conv2D', 'wasm');
  expect(filterGradient).toBeDefined();
  registerKernels('wasm');
  expect(getKernel('Conv2DBackpropFilter', 'wasm')).toBe(filterGradient);
  expect(getKernel('Conv2D', 'wasm')).toBe(conv2d);
});

it('keeps the set-up of the kernels that it replaces', () => {
  for (const name of ['Conv2D', 'BatchMatMul'])
    expect(getKernel(name, 'wasm')?.setupFunc).toBeTypeOf('function');
});

it('leaves the calls that ours does not take to the stock kernel', () => {
  const stock = vi.fn(() => [] as never);
  const names = ['Conv2DBackpropFilter', 'AddN'];
  for (const kernelName of names) registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: stock });
  registerKernels('webgpu');
  const [filterGradient, addN] = names.map((name) => getKernel(name, 'webgpu') as KernelConfig);
  const channelsFirst = { inputs: {}, attrs: { dataFormat: 'NCHW' }, backend: undefined };
  filterGradient?.kernelFunc(channelsFirst as never);
  expect(stock).toHaveBeenLastCalledWith(channelsFirst);
  const twoTerms = { inputs: [1, 2], attrs: {}, backend: undefined };
  addN?.kernelFunc(twoTerms as never);
  expect(stock).toHaveBeenLastCalledWith(twoTerms);
  for (const name of names) unregisterKernel(name, 'webgpu');
});

it('registers the rows of every room', async () => {
  const folder = new URL('kernels/', import.meta.url);
  const rooms = readdirSync(folder).filter((room) => existsSync(new URL(`${room}/kernels.ts`, folder)));
  const lists: Record<string, KernelRow[]>[] = await Promise.all(
    rooms.map((room) => import(`./kernels/${room}/kernels.ts`)),
  );
  const rows = lists.flatMap((list) => Object.values(list).flat());
  expect(new Set(kernelRows)).toEqual(new Set(rows));
  const names = rows.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

describe('the tables of README.md', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  /** The backends that the tables name for each kernel. */
  const documented = new Map(
    Array.from(readme.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|.*\| ([a-z, ]+) \|$/gm)).flatMap(
      ([, names, backends]) =>
        (names as string).match(/\w+/g)!.map((name) => [name, (backends as string).split(', ')] as const),
    ),
  );

  it('name every kernel and the backends that it is for', () => {
    const rows = kernelRows.map(({ name, takes, ...kernels }) => [name, Object.keys(kernels).sort()]);
    const table = [...documented].map(([name, backends]) => [name, [...backends].sort()]);
    expect(table.sort()).toEqual(rows.sort());
  });

  it.each<BackendName>(['wasm', 'cpu'])('name what is registered on %s', async (backendName) => {
    await selectBackend({ prefer: backendName });
    const registered = getKernelsForBackend(backendName).map(({ kernelName }) => kernelName);
    const promised = [...documented].filter(([, backends]) => backends.includes(backendName));
    expect(registered).toEqual(expect.arrayContaining(promised.map(([name]) => name)));
    expect(registered.filter((name) => name.startsWith('Metadistill')).sort()).toEqual(
      promised
        .map(([name]) => name)
        .filter((name) => name.startsWith('Metadistill'))
        .sort(),
    );
  });
});
