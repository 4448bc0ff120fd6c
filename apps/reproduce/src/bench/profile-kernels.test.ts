import { add, getKernelsForBackend, matMul, ones, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { profileKernels } from './profile-kernels.js';
import { renderProfiles } from './render-profiles.js';

test('tells how often a run calls each kernel and how long, and what lies between', async () => {
  const before = getKernelsForBackend('cpu');
  let clock = 0;
  const [once, twice] = [1, 2].map((times) => ({
    name: `${times} times`,
    run: async () => {
      clock += 5; // Between kernels.
      tidy(() => {
        for (let i = 0; i < times; i++) add(matMul(ones([2, 2]), ones([2, 2])), 1);
      });
    },
  }));
  // Each reading of the clock is 1 ms after the last: a call takes 1 ms, and 1 ms goes by between two of them.
  const profiles = await profileKernels('cpu', [once!, twice!], 3, () => clock++);
  expect(profiles.map(({ name }) => name)).toEqual(['1 times', '2 times']);
  expect(profiles[1]?.kernels).toContainEqual({ kernel: 'BatchMatMul', calls: 2, ms: 2 });
  expect(profiles[0]?.kernels).toContainEqual({ kernel: 'Add', calls: 1, ms: 1 });
  const calls = (i: number) => profiles[i]?.kernels.reduce((sum, kernel) => sum + kernel.calls, 0) as number;
  expect(profiles.map(({ betweenMs }) => betweenMs)).toEqual([5 + calls(0) + 1, 5 + calls(1) + 1]);
  expect(getKernelsForBackend('cpu')).toEqual(before);
});

test('gives the kernels back where a run fails', async () => {
  const before = getKernelsForBackend('cpu');
  const broken = { name: 'broken', run: () => Promise.reject(new Error('no')) };
  await expect(profileKernels('cpu', [broken], 1)).rejects.toThrow('no');
  expect(getKernelsForBackend('cpu')).toEqual(before);
});

test('the table has a row a kernel and a column a step', () => {
  const profiles = [
    { name: 'forward', kernels: [{ kernel: 'Conv2D', calls: 3, ms: 3 }], betweenMs: 0.25 },
    {
      name: 'plain-step',
      kernels: [
        { kernel: 'Conv2DBackpropFilter', calls: 3, ms: 6 },
        { kernel: 'Conv2D', calls: 3, ms: 3 },
      ],
      betweenMs: 1,
    },
  ];
  const cells = renderProfiles(profiles)
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells.slice(2)).toEqual([
    ['', 'Conv2DBackpropFilter', '', '6.00 (3) 60 %', ''],
    ['', 'Conv2D', '3.00 (3) 92 %', '3.00 (3) 30 %', ''],
    ['', 'between kernels', '0.25 8 %', '1.00 10 %', ''],
  ]);
});
