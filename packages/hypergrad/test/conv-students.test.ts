import '@tensorflow/tfjs-backend-wasm';
import { convexMix, crossEntropy, type MixMetaparameter } from '@metadistill/losses';
import { cifarVeryTiny, fashionMnistNet, type Model, type Weights } from '@metadistill/models';
import { centralDifference, inFloat64, relativeError, toNumbers } from '@metadistill/testing';
import { setBackend, tensor, tidy } from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { hypergradient } from '../src/hypergradient.js';
import { sgd } from '../src/inner/sgd.js';
import { finiteDifference } from '../src/methods/finite-difference.js';
import { mixed } from '../src/methods/mixed.js';
import { unrolled } from '../src/methods/unrolled.js';
import { logitProblem } from '../src/problems/logit-problem.js';
import { innerStep } from '../src/step/inner-step.js';
import type { HypergradientMethod, InnerPoint } from '../src/types.js';
import { type ImageBatch, imageBatch, seeded, toImageTensors } from './image-batch.js';

const students = [cifarVeryTiny(), fashionMnistNet()];
const problemOf = (model: Model) =>
  logitProblem({ model, trainingLoss: convexMix({ scaling: 'none' }), validationLoss: crossEntropy() });
const learningRate = 0.1;

/** Weights and metaparameters of one random state, and its batches, as plain numbers. */
interface State {
  readonly model: Model;
  readonly parameters: readonly { readonly values: number[]; readonly shape: number[] }[];
  readonly statistics: readonly { readonly values: number[]; readonly shape: number[] }[];
  readonly metaparameters: { readonly distillationFraction: number; readonly temperature: number };
  readonly training: ImageBatch;
  readonly validation: ImageBatch;
}

const randomState = (model: Model, seed: number, batch: number): State => {
  const next = seeded(seed);
  const weights = model.initialize((low, high) => Math.fround(low + (high - low) * next()));
  const plain = (tensors: Weights['parameters']) =>
    tensors.map((each) => {
      const values = toNumbers(each);
      each.dispose();
      return { values, shape: each.shape };
    });
  return {
    model,
    parameters: plain(weights.parameters),
    statistics: plain(weights.statistics),
    metaparameters: {
      distillationFraction: Math.fround(0.1 + 0.8 * next()),
      temperature: Math.fround(1 + 6 * next()),
    },
    training: imageBatch(batch, model.inputShape, seed + 100),
    validation: imageBatch(batch, model.inputShape, seed + 200),
  };
};

const weightsOf = ({ parameters, statistics }: State): Weights => ({
  parameters: parameters.map(({ values, shape }) => tensor(values, shape)),
  statistics: statistics.map(({ values, shape }) => tensor(values, shape)),
});

const pointOf = (state: State) => ({
  weights: weightsOf(state),
  metaparameters: state.metaparameters,
  optimizer: sgd(),
  optimizerState: [],
  learningRate,
});

/** V after so many steps at λ on the reference backend, in float64 within `inFloat64`. */
const validationAfter = (
  steps: number,
  state: State,
  [distillationFraction, temperature]: number[],
): number => {
  let value = Number.NaN;
  tidy(() => {
    const metaparameters = {
      distillationFraction: distillationFraction as number,
      temperature: temperature as number,
    };
    const problem = problemOf(state.model);
    let point: InnerPoint<MixMetaparameter> = { ...pointOf(state), metaparameters };
    for (let k = 0; k < steps; k++) {
      const training = problem.training(point.weights, toImageTensors(state.training));
      point = { ...point, ...innerStep(point, training).next };
    }
    [value] = toNumbers(
      problem.validation(point.weights, toImageTensors(state.validation), metaparameters).value,
    ) as [number];
  });
  return value;
};

const byMethod = async (state: State, method: HypergradientMethod): Promise<number[]> => {
  const result = await hypergradient({
    problem: problemOf(state.model),
    point: pointOf(state),
    trainingBatch: toImageTensors(state.training),
    validationBatch: toImageTensors(state.validation),
    method,
  });
  const { distillationFraction, temperature } = result.gradient;
  return [distillationFraction, temperature];
};

afterAll(() => setBackend('cpu'));

// The app's tests do this at 20 states with images of CIFAR-10.
test.each([
  ['the CIFAR student', students[0]!, 1],
  ['the Fashion-MNIST student', students[1]!, 1],
])(
  'mixed in float32 on wasm is the float64 central difference over both metaparameters: %s',
  async (_, model, seed) => {
    const state = randomState(model, seed, 8);
    const { distillationFraction, temperature } = state.metaparameters;
    await setBackend('cpu');
    // Steps of 1e-5 in float64 stay clear of the kinks of ReLU and max pooling, and of rounding.
    const expected = await inFloat64(() =>
      centralDifference((at) => validationAfter(1, state, at), [distillationFraction, temperature]),
    );
    await setBackend('wasm');
    const [exact, paper] = [await byMethod(state, mixed()), await byMethod(state, finiteDifference())];
    for (const j of [0, 1]) {
      const relative = Math.abs(exact[j]! - expected[j]!) / Math.abs(expected[j]!);
      const difference = Math.abs(paper[j]! - expected[j]!) / Math.abs(expected[j]!);
      expect(relative).toBeLessThan(1e-3);
      // The paper's difference walks 0.01 through ReLU and max pooling.
      expect(difference).toBeGreaterThan(relative);
    }
  },
);

test('two unrolled steps in float32 on wasm are the float64 central difference', async () => {
  const state = randomState(students[0]!, 1, 8);
  const { distillationFraction, temperature } = state.metaparameters;
  await setBackend('cpu');
  // Two steps have twice the kinks to stay clear of.
  const expected = await inFloat64(() =>
    centralDifference((at) => validationAfter(2, state, at), [distillationFraction, temperature], 1e-6),
  );
  await setBackend('wasm');
  const got = await byMethod(state, unrolled({ steps: 2 }));
  // Over the states 1 to 5 off by 2e-6 at most; a difference of gradients instead of the second-order rules was off by
  // a tenth to several times the derivative.
  for (const j of [0, 1]) expect(Math.abs(got[j]! / expected[j]! - 1)).toBeLessThan(1e-4);
});

test.each(students)('the forward-mode and the backward route agree on $name', async (model) => {
  await setBackend('wasm');
  for (const seed of [1, 2, 3]) {
    const state = randomState(model, seed, 32);
    const forward = await byMethod(state, mixed({ via: 'jvp' }));
    const backward = await byMethod(state, mixed({ via: 'vjp' }));
    // Sums of some ten thousand float32 products in another order.
    expect(relativeError(forward, backward)).toBeLessThan(1e-5);
  }
});
