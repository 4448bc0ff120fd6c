import { torchRandom } from '@metadistill/datasets';
import { dense, disposeWeights, type Model, model, relu } from '@metadistill/models';
import { everyKth } from '@metadistill/trajectory';
import { type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { distil } from '../src/index.js';

const { uniform } = torchRandom(1);
const examples = Float32Array.from({ length: 4 * 400 }, () => uniform(-1, 1));
const labels = Int32Array.from({ length: 400 }, (_, i) => (examples[4 * i]! > 0 ? 1 : 0));
const dataset = { name: 'half spaces', examples, exampleShape: [4], labels, classes: 2 };
const network = model({
  name: 'network',
  inputShape: [4],
  classes: 2,
  layers: [dense({ inputs: 4, outputs: 8 }), relu(), dense({ inputs: 8, outputs: 2 })],
});
const common = { training: dataset, validation: dataset, batchSize: 16, seed: 1 };

/** Counts the turns of the event loop while `body` runs: it does not matter how long they take. */
async function withTurns<Result>(body: (turns: () => number) => Promise<Result>): Promise<Result> {
  let turns = 0;
  let immediate: NodeJS.Immediate;
  const count = () => {
    turns++;
    immediate = setImmediate(count);
  };
  immediate = setImmediate(count);
  try {
    return await body(() => turns);
  } finally {
    clearImmediate(immediate);
  }
}

/** The model, which notes the turn in which each of its passes begins. */
const noting = (turns: () => number, seen: number[]): Model => ({
  ...(network as Model),
  predict: (...given) => {
    seen.push(turns());
    return network.predict(...given);
  },
});

const areDistinct = (turns: readonly number[]) => new Set(turns).size === turns.length;

test.each([{}, { controller: everyKth(2) }])(
  'each step, each validation batch and each answer of a live teacher has a turn of the event loop of its own: %j',
  async (extra) => {
    await withTurns(async (turns) => {
      const [steps, validations, answers] = [[], [], []] as [number[], number[], number[]];
      const teacher = {
        model: noting(turns, answers),
        weights: network.initialize(torchRandom(2).uniform),
      };
      for await (const { epoch, weights } of distil({
        ...common,
        ...extra,
        student: noting(turns, validations),
        teacher,
        epochs: 2,
        learningRate: () => {
          steps.push(turns());
          return 0.01;
        },
      })) {
        if (epoch === 1) disposeWeights(weights);
      }
      disposeWeights(teacher.weights);
      expect(new Set(steps).size).toBe(50);
      expect(areDistinct(validations)).toBe(true);
      expect(validations.length).toBeGreaterThan(1);
      expect(areDistinct(answers)).toBe(true);
    });
  },
);

test('an abort is heard before the next step, from the event loop and from a timer', async () => {
  const values = Float32Array.from({ length: 800 }, (_, i) => (labels[i >> 1] === i % 2 ? 2 : -2));
  const teacherLogits = { values, examples: 400, classes: 2 };
  for (const schedule of [setImmediate, (abort: () => void) => setTimeout(abort, 0)]) {
    const aborter = new AbortController();
    const stepsAfter = { abort: 0 };
    const reports = distil({
      ...common,
      student: network,
      teacherLogits,
      epochs: 1e6,
      signal: aborter.signal,
      learningRate: (iteration) => {
        if (iteration === 3) schedule(() => aborter.abort(new Error('enough')));
        if (aborter.signal.aborted) stepsAfter.abort++;
        return 0.01;
      },
    });
    await expect(
      (async () => {
        for await (const _ of reports);
      })(),
    ).rejects.toThrow('enough');
    expect(stepsAfter.abort).toBe(0);
  }
});

test('large data are read and checked in several turns, before the first step', async () => {
  const [count, width] = [2 ** 14, 2 ** 9];
  const layers = [dense({ inputs: width, outputs: 2 })];
  const student = model({ name: 'wide', inputShape: [width], classes: 2, layers });
  const turnsBefore = (x: Float32Array | Tensor, examples: number) =>
    withTurns(async (turns) => {
      let before = 0;
      const { weights } = await distil({
        ...{ student, x, y: oneHotRows(examples), batchSize: examples },
        ...{ validationSplit: 1 / examples, epochs: 1, seed: 1 },
        teacherLogits: { values: oneHotRows(examples).map((one) => 3 * one), examples, classes: 2 },
        learningRate: () => {
          before = turns();
          return 0.01;
        },
      });
      if (weights) disposeWeights(weights);
      return before;
    });
  const x = new Float32Array(count * width);
  // What reads arrays is loaded by the first call.
  await turnsBefore(x.subarray(0, 4 * width), 4);
  // Of 2^23 numbers, 2^21 are looked at per turn, once as a whole and once as they are split.
  const ofArray = await turnsBefore(x, count);
  expect(ofArray).toBeGreaterThan(8);
  const held = tensor2d(x, [count, width]);
  expect(await turnsBefore(held, count)).toBeGreaterThanOrEqual(ofArray + 3);
  held.dispose();
});

const oneHotRows = (count: number) =>
  Float32Array.from({ length: 2 * count }, (_, i) => ((i >> 1) % 2) ^ (i % 2));
