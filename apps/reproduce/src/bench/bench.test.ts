import { selectBackend } from '@metadistill/backend';
import { logisticRegression } from '@metadistill/models';
import { countingModel } from '@metadistill/testing';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { interleave, median } from './interleave.js';
import { startPeer } from './peer.js';
import { renderBench } from './render-bench.js';
import { type BenchLine, runBench } from './run-bench.js';
import { benchSteps } from './steps.js';

test('times in turns, and leaves warm-ups out', async () => {
  const order: string[] = [];
  let clock = 0;
  const taking = (name: string, durations: readonly number[]) => {
    let i = 0;
    return {
      name,
      run: async () => {
        order.push(name);
        clock += durations[i++] as number;
        return undefined;
      },
    };
  };
  const things = [taking('a', [900, 3, 1, 2]), taking('b', [900, 30, 50, 10])];
  const times = await interleave(things, { iterations: 3, warmUps: 1 }, () => clock);
  expect(order.join('')).toBe('abababab');
  expect(times).toMatchObject([
    { name: 'a', medianMs: 2, minMs: 1, iterations: 3 },
    { name: 'b', medianMs: 30, minMs: 10, iterations: 3 },
  ]);
  expect(times[0]?.rssMb).toBeGreaterThan(10);
});

test('takes what was measured elsewhere as it is', async () => {
  let i = 0;
  const run = async () => ({ ms: [5, 7, 9, 11][i++] as number, rssMb: 300 - i });
  const [times] = await interleave([{ name: 'peer', run }], { iterations: 4, warmUps: 0 });
  expect(times).toEqual({ name: 'peer', medianMs: 8, minMs: 5, iterations: 4, rssMb: 299 });
});

test('the median is the middle, or between the middle two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 2])).toBe(3.5);
});

test('each step makes the passes that it declares, and gives its tensors back', async () => {
  const { model, passes } = countingModel(logisticRegression({ inputs: 3, classes: 2 }));
  const before = memory().numTensors;
  const { steps, release } = benchSteps(model, 4);
  for (const { bench, cost, run } of steps) {
    await run();
    const from = passes();
    await run();
    const to = passes();
    const made = {
      forwards: to.forwards - from.forwards,
      backwards: to.backwards - from.backwards,
      jvps: to.jvps - from.jvps,
    };
    expect({ bench, ...made }).toEqual({ bench, ...cost });
  }
  await release();
  expect(memory().numTensors).toBe(before);
});

test('steps that never ran give their tensors back too', async () => {
  const before = memory().numTensors;
  await benchSteps(logisticRegression({ inputs: 3, classes: 2 }), 4).release();
  expect(memory().numTensors).toBe(before);
});

test('lists our steps, then those of the peer', async () => {
  await selectBackend({ prefer: 'wasm' }); // cpu takes seconds.
  const asked: string[] = [];
  const peer = {
    name: 'torch-0',
    benches: ['forward', 'hyper-step-fd'],
    run: async (bench: string) => {
      asked.push(bench);
      return { ms: 1.23456, rssMb: 99.6 };
    },
    end: () => {},
  };
  const { lines } = await runBench({
    model: 'fashion-mnist-net',
    batch: 2,
    backend: 'wasm',
    iterations: 1,
    peer,
  });
  expect(lines.map(({ bench, backend }) => `${bench} ${backend}`)).toEqual([
    'forward wasm',
    'plain-step wasm',
    'hyper-step-exact wasm',
    'hyper-step-arrays wasm',
    'hyper-step-fd wasm',
    'forward torch-0',
    'hyper-step-fd torch-0',
  ]);
  expect(lines.at(-1)).toEqual({
    bench: 'hyper-step-fd',
    model: 'fashion-mnist-net',
    batch: 2,
    backend: 'torch-0',
    threads: 1,
    medianMs: 1.235,
    minMs: 1.235,
    iterations: 1,
    rssMb: 100,
  });
  expect(asked.slice(0, 2)).toEqual(['forward', 'hyper-step-fd']);
  await setBackend('cpu');
});

test('the table says speed, share of the peak, cost in plain steps and the ratio to the peer', () => {
  const common = {
    model: 'cifar-very-tiny',
    batch: 128,
    threads: 1,
    minMs: 1,
    iterations: 3,
    rssMb: 200,
  } as const;
  const lines: BenchLine[] = [
    { ...common, bench: 'plain-step', backend: 'wasm', medianMs: 10 },
    { ...common, bench: 'hyper-step-exact', backend: 'wasm', medianMs: 25 },
    { ...common, bench: 'plain-step', backend: 'torch-0', medianMs: 30 },
    { ...common, bench: 'hyper-step-fd', backend: 'torch-0', medianMs: 150 },
  ];
  const operations = {
    forward: 0,
    'plain-step': 2e8,
    'hyper-step-exact': 4e8,
    'hyper-step-arrays': 0,
    'hyper-step-fd': 0,
  };
  const text = renderBench({ lines, operations }, { kernelBuild: 'simd', gigaflops: 40 });
  const cells = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells[2]).toEqual([
    '',
    'plain-step',
    '10.00',
    '1.00',
    '20.0',
    '50 %',
    '1.00',
    '200',
    '30.00',
    '3.00',
    '',
  ]);
  expect(cells[3]).toEqual([
    '',
    'hyper-step-exact',
    '25.00',
    '1.00',
    '16.0',
    '40 %',
    '2.50',
    '200',
    '150.00',
    '6.00',
    '',
  ]);
});

test('says what to do if no Python has PyTorch', async () => {
  await expect(startPeer('cifar-very-tiny', { batch: 2, threads: 1 }, ['no-such-python'])).rejects.toThrow(
    '--peer needs PyTorch, which no-such-python cannot import. Install it',
  );
});
