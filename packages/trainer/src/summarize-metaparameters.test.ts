import { adamDescent, logitProblem, metaparameterSpace, mixed, sgd } from '@metadistill/hypergrad';
import { crossEntropy, trustMix } from '@metadistill/losses';
import { logisticRegression } from '@metadistill/models';
import { everyKth } from '@metadistill/trajectory';
import { tensor1d, zeros } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { miniBatches } from './batches/mini-batches.js';
import { restoreTraining, snapshotTraining, type TrainingSnapshot } from './state/snapshot.js';
import { startTraining } from './state/start-training.js';
import { disposeTrainingState } from './state/training-state.js';
import { summarizeMetaparameters } from './summarize-metaparameters.js';
import { train } from './train.js';
import type { TrainingState } from './types.js';

test('keeps numbers and short arrays, and sums up long ones', () => {
  const short = [1, 2, 3, 4, 5, 6, 7, 8];
  const metaparameters = { temperature: 2, 'few[]': short, 'many[]': [...short, 9] };
  expect(summarizeMetaparameters(metaparameters)).toEqual({
    temperature: 2,
    'few[]': short,
    // The variance of 1..n is (n² − 1)/12.
    'many[]': { length: 9, mean: 5, standardDeviation: Math.sqrt(80 / 12), min: 1, max: 9 },
  });
});

test('says that a number is not finite, and takes more numbers than a call has arguments', () => {
  const values = new Array<number>(1_000_000).fill(1);
  const sound = { length: 1e6, mean: 1, standardDeviation: 0, min: 1, max: 1 };
  expect(summarizeMetaparameters({ 'x[]': values })['x[]']).toEqual(sound);
  const { NaN: nan } = Number;
  expect(summarizeMetaparameters({ 'x[]': values.with(7, nan) })['x[]']).toEqual({
    ...sound,
    mean: nan,
    standardDeviation: nan,
    min: nan,
    max: nan,
  });
});

const examples = 600;
const dataset = {
  name: 'scattered',
  examples: Float32Array.from({ length: 2 * examples }, (_, i) => Math.sin(12.9898 * i)),
  exampleShape: [2],
  labels: Int32Array.from({ length: examples }, (_, i) => i % 3),
  classes: 3,
};
const teacherLogits = {
  values: Float32Array.from({ length: 3 * examples }, (_, i) => Math.cos(7 * i)),
  examples,
  classes: 3,
};

/** Trains with two dials for each example, and writes a line for each step. */
async function logged(start: TrainingState<'trust[]'>, iterations: number) {
  const lines: string[] = [];
  let last = start;
  for await (const { iteration, metaparameters, hypergradient, state } of train({
    problem: logitProblem({
      model: logisticRegression({ inputs: 2, classes: 3 }),
      trainingLoss: trustMix({ teachers: 1, by: 'group', count: examples }),
      validationLoss: crossEntropy(),
    }),
    trainingBatches: miniBatches({
      dataset,
      batchSize: 60,
      teacherLogits,
      groups: Int32Array.from({ length: examples }, (_, i) => i),
      shuffleSeed: 1,
    }),
    iterations,
    optimizer: sgd(),
    learningRate: () => 0.5,
    start,
    meta: {
      method: mixed({ scaleFree: true }),
      optimizer: adamDescent({ learningRate: 0.2, beta2: 0.95, sparse: true }),
      validationBatches: miniBatches({ dataset, batchSize: 100 }),
      controller: everyKth(2),
      space: metaparameterSpace({ 'trust[]': { bounds: [-6, 6], size: 2 * examples } }),
    },
  })) {
    const slopes = hypergradient && summarizeMetaparameters(hypergradient);
    lines.push(JSON.stringify({ iteration, ...summarizeMetaparameters(metaparameters), slopes }));
    last = state;
  }
  const snapshot = await snapshotTraining(last);
  disposeTrainingState(last);
  return { lines, snapshot };
}

test('a training of 1,200 dials logs short lines, and resumes bit for bit', async () => {
  const start = () =>
    startTraining<'trust[]'>({
      weights: { parameters: [zeros([2, 3]), tensor1d([0, 0, 0])], statistics: [] },
      optimizer: sgd(),
      metaparameters: { 'trust[]': Array<number>(2 * examples).fill(0) },
    });
  const starts = [start(), start()] as const;
  const whole = await logged(starts[0], 8);
  const half = await logged(starts[1], 3);
  const stored = structuredClone(half.snapshot) as TrainingSnapshot<'trust[]'>;
  const resumed = restoreTraining(stored);
  const rest = await logged(resumed, 8);
  expect([...half.lines, ...rest.lines]).toEqual(whole.lines);
  expect(rest.snapshot).toEqual(whole.snapshot);
  expect(whole.snapshot.metaparameters['trust[]']).toHaveLength(2 * examples);
  // Two summaries of five numbers, each of at most 24 characters, and their names.
  for (const line of whole.lines) expect(line.length).toBeLessThan(450);
  // The dials move: the lines say something.
  expect(new Set(whole.lines.map((line) => line.replace(/\d+/, ''))).size).toBeGreaterThan(4);
  for (const state of [...starts, resumed]) disposeTrainingState(state);
});
