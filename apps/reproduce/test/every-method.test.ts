import { numpyRandom, torchRandom } from '@metadistill/datasets';
import { dense, flatten, model } from '@metadistill/models';
import { randomSearch } from '@metadistill/search';
import { describe, expect, test } from 'vitest';
import { commonConfig, type ImageConfig } from '../src/experiments/images/config.js';
import { execute as executeImages } from '../src/experiments/images/execute.js';
import { experiments } from '../src/experiments/index.js';
import { syntheticConfig } from '../src/experiments/synthetic/config.js';
import { execute as executeSynthetic } from '../src/experiments/synthetic/execute.js';
import { drawMetaparameters } from '../src/experiments/training/draw-metaparameters.js';
import { resolveMethod } from '../src/experiments/training/methods.js';
import type { Evaluation } from '../src/logs/log-schema.js';
import { evaluationsOf } from './evaluations-of.js';

/** What a method is to do, written down apart from its wiring. */
interface Expected {
  /** Metaparameters that stay as they are; drawn by the run if left out. */
  readonly fixed?: readonly [distillationFraction: number, temperature: number];
  /** The fraction stays as it is, and so does the temperature, which the teacher's logits decide. */
  readonly fraction?: number;
  /** Trainings that are searched through. */
  readonly trials?: number;
  /** Its last trials are those of a model. */
  readonly guided?: true;
  /** Iterations that make a hypergradient. */
  readonly gradientIn?: (iteration: number) => boolean;
  /** Forward passes of such an iteration: 8 if its derivative is exact, 11 by the paper's difference. */
  readonly gradientCost?: 8 | 11;
  /** Where the metaparameters of the other iterations come from; they stay if left out. */
  readonly predicts?: 'along a line' | 'by AR(1)';
  /** Steps of Adam, in bounds of its own. */
  readonly adam?: true;
  /** How many times as long its steps of the metaparameters are. */
  readonly stepFactor?: number;
}

const inBlocks = (length: number, period: number) => (iteration: number) =>
  Math.floor(iteration / length) % period === 0;

const papers = (length: number, period: number): Expected => ({
  gradientIn: inBlocks(length, period),
  gradientCost: 11,
  predicts: 'along a line',
});

const expectations: Readonly<Record<string, Expected>> = {
  none: { fixed: [0, 1] },
  naive: { fixed: [0.5, 1] },
  'fixed-1': { fixed: [1, 1] },
  'fixed-3': { fixed: [1, 3] },
  'fixed-10': { fixed: [1, 10] },
  rule: { fraction: 0.9 },
  random: {},
  gradient: { gradientIn: () => true, gradientCost: 11 },
  'gradient-exact': { gradientIn: () => true, gradientCost: 8 },
  'every-5': { gradientIn: (iteration) => iteration % 5 === 0, gradientCost: 8, stepFactor: 5 },
  agreement: { gradientIn: (iteration) => iteration % 5 === 0, gradientCost: 8, adam: true },
  'trajectory-10x2': papers(10, 2),
  'trajectory-10x3': papers(10, 3),
  'trajectory-10x5': papers(10, 5),
  'trajectory-10x10': papers(10, 10),
  'trajectory-100x2': papers(100, 2),
  'trajectory-500x2': papers(500, 2),
  'trajectory-1000x2': papers(1000, 2),
  'trajectory-ar1': { gradientIn: inBlocks(10, 2), gradientCost: 8, predicts: 'by AR(1)' },
  'random-search': { trials: 5 },
  'random-search-25': { trials: 25 },
  tpe: { trials: 5 },
  'tpe-25': { trials: 25, guided: true },
};

test('every method that an experiment names is expected something of', () => {
  const known = experiments.flatMap(({ methods, methodNames }) => [...methods, ...methodNames]);
  expect(new Set(known.map((name) => resolveMethod(name)))).toEqual(new Set(Object.keys(expectations)));
});

const cases = Object.entries(expectations).flatMap(([method, expected]) =>
  (['published', 'corrected'] as const).map((protocol) => [method, protocol, expected] as const),
);

/** Forward passes after so many iterations, whose blocks are counted anew after every `restart`. */
function costOf(
  { trials = 1, gradientIn, gradientCost }: Expected,
  iterations: number,
  restart: number,
): number {
  let cost = 0;
  for (let i = 0; i < iterations; i++) cost += (gradientIn?.(i % restart) && gradientCost) || 3;
  return trials * cost;
}

/** Of the first trials that a search draws at random, from a stream of its own. */
function trialsOf(seed: number, trials: number): (readonly number[])[] {
  const random = numpyRandom(seed);
  const search = randomSearch();
  let state = search.initialize([
    { name: 'distillationFraction', low: 0, high: 1 },
    { name: 'temperature', low: 0.1, high: 10, scale: 'log' },
  ]);
  return Array.from({ length: trials }, () => {
    const asked = search.ask(state, () => random.uniform(0, 1));
    state = asked.state;
    return Object.values(asked.point);
  });
}

/** Metaparameters that must not move: those of the method, of a trial, or those that the run drew. */
function expectConstant(
  evaluations: readonly Evaluation[],
  expected: Expected,
  drawn: Drawn | undefined,
  searchSeed: number,
): void {
  const found = evaluations.map(({ distillationFraction, temperature }) => [
    distillationFraction,
    temperature,
  ]);
  const ruled = expected.fraction && [expected.fraction, found[0]?.[1]];
  const value = ruled ?? expected.fixed ?? (expected.trials ? found[0] : drawn && Object.values(drawn));
  expect(found).toEqual(found.map(() => value));
  if (expected.trials && !expected.guided)
    expect(trialsOf(searchSeed, expected.trials)).toContainEqual(value);
}
type Drawn = Readonly<Record<'distillationFraction' | 'temperature', number>>;

describe.each(cases)('%s, %s', (method, protocol, expected) => {
  test('in 25 iterations on synthetic data', async () => {
    const config = { ...syntheticConfig(protocol), teacherIterations: 200, epochs: 25, evaluateEvery: 1 };
    const run = 1;
    const spec = { experiment: 'synthetic', protocol, method, run, config, backend: 'cpu' } as const;
    const evaluations = await evaluationsOf(executeSynthetic, spec);
    expect(evaluations.map(({ forwardEquivalents }) => forwardEquivalents)).toEqual(
      Array.from({ length: 25 }, (_, i) => costOf(expected, i + 1, 25)),
    );
    const { gradientIn, stepFactor = 1 } = expected;
    if (!gradientIn) {
      // The published random baseline draws the weight of the other term.
      const drawn = protocol === 'corrected' ? drawMetaparameters(config.seed, run, config) : undefined;
      if (drawn || method !== 'random') expectConstant(evaluations, expected, drawn, config.seed + 1 + run);
      return;
    }
    const fractions = evaluations.map(({ distillationFraction }) => distillationFraction as number);
    const moves = fractions.slice(1).map((fraction, i) => fraction - (fractions[i] as number));
    const step = config.metaLearningRate * config.metaClipValue * stepFactor;
    for (const [i, move] of moves.entries()) {
      const isPrediction = expected.predicts && !gradientIn(i + 1);
      if (gradientIn(i + 1) && expected.adam) {
        expect(move).not.toBe(0);
      } else if (gradientIn(i + 1)) {
        // The first gradients are longer than the clip; the bounds may cut the step that follows predictions.
        expect(Math.abs(move)).toBeLessThan(step * (1 + 1e-9) + 1e-12);
      } else if (!isPrediction) expect(move).toBe(0);
    }
    if (expected.adam) return;
    expect(Math.abs(moves[expected.stepFactor ? 4 : 0] as number)).toBeCloseTo(step, 12);
    if (!expected.predicts || gradientIn(10)) return;
    // Predictions are those of iterations 10 to 19; the first stands at moves[9].
    const ahead = moves.slice(10, 19);
    const isLine = ahead.every((move) => Math.abs(move - (ahead[0] as number)) < 1e-12);
    expect(isLine).toBe(expected.predicts === 'along a line');
    expect(ahead.some((move) => move !== 0)).toBe(true);
  });

  test('in two epochs on images', async () => {
    const run = 2;
    const spec = { experiment: 'test', protocol, method, run, config: imageConfig, backend: 'cpu' } as const;
    const evaluations = await evaluationsOf<ImageConfig>(
      (each, context) => executeImages(each, context, student, async () => ({ ...source, fingerprints: {} })),
      spec,
    );
    // Of 50 images 45 are trained on in 12 batches, or all in 13 by published methods that validate nothing.
    const batches = protocol === 'published' && !expected.gradientIn && !expected.trials ? 13 : 12;
    expect(evaluations.map(({ iteration }) => iteration)).toEqual([batches, 2 * batches]);
    // Published, blocks are counted anew in each epoch.
    const restarts = protocol === 'published' && expected.predicts;
    const restart = restarts ? batches : Number.POSITIVE_INFINITY;
    expect(evaluations.map(({ forwardEquivalents }) => forwardEquivalents)).toEqual(
      [1, 2].map((epochs) => costOf(expected, epochs * batches, restart)),
    );
    const drawn = drawMetaparameters(imageConfig.seed, run, imageConfig);
    if (!expected.gradientIn) expectConstant(evaluations, expected, drawn, imageConfig.seed + 1 + run);
    else
      for (const { distillationFraction, temperature } of evaluations) {
        expect(distillationFraction).not.toBe(drawn.distillationFraction);
        expect(temperature).not.toBe(drawn.temperature);
      }
  });
});

test('only the paper’s predictions leave the bounds, and only in the published protocol', async () => {
  for (const [method, protocol, { gradientIn, adam }] of cases) {
    if (!gradientIn || adam) continue;
    const config = {
      ...syntheticConfig(protocol),
      teacherIterations: 200,
      epochs: 20,
      evaluateEvery: 1,
      temperatureLow: 1,
      temperatureHigh: 1.003,
    };
    const spec = { experiment: 'synthetic', protocol, method, run: 1, config, backend: 'cpu' } as const;
    const temperatures = (await evaluationsOf(executeSynthetic, spec)).map(
      (each) => each.temperature as number,
    );
    const leaves = temperatures.some((T) => T < 1 - 1e-9 || T > 1.003 + 1e-9);
    expect([method, protocol, leaves]).toEqual([
      method,
      protocol,
      protocol === 'published' && /^trajectory-10x/.test(method),
    ]);
  }
});

const { uniform } = torchRandom(1);

const images = (name: string, examples: number) => ({
  name,
  examples: Uint8Array.from({ length: examples * 12 }, () => uniform(0, 256)),
  exampleShape: [2, 2, 3],
  labels: Int32Array.from({ length: examples }, (_, i) => i % 4),
  classes: 4,
});

const source = {
  train: images('training noise', 50),
  test: images('test noise', 20),
  teacherLogits: {
    values: Float32Array.from({ length: 200 }, () => uniform(-3, 3)),
    examples: 50,
    classes: 4,
  },
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
};

const student = model({
  name: 'student',
  inputShape: [2, 2, 3],
  classes: 4,
  layers: [flatten(), dense({ inputs: 12, outputs: 4 })],
});

const imageConfig = {
  ...commonConfig,
  epochs: 2,
  batchSize: 4,
  learningRate: 0.1,
  metaLearningRate: 0.1,
  trainingImages: 50,
  testImages: 20,
  teacherLogits: 'none.npy',
};
