import { convexMix, crossEntropy, groupedTemperature, type LogitLoss } from '@metadistill/losses';
import { type LayeredModel, logisticRegression } from '@metadistill/models';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { expect, expectTypeOf, test } from 'vitest';
import {
  adam,
  adamDescent,
  type BilevelProblem,
  composedProblem,
  conjugateGradient,
  type FunctionProblemOptions,
  forwardMode,
  functionProblem,
  gradientDescent,
  type HypergradientReport,
  hypergradient,
  identity,
  implicit,
  type LogitBatch,
  logitProblem,
  metaparameterLayout,
  metaparameterSpace,
  mixed,
  momentum,
  neumann,
  readScalars,
  sgd,
  unrolled,
  verifyHypergradient,
  withGradients,
} from '../src/index.js';

// Compiled with everything else; what is inside a function that is not called is held by the compiler alone.

type Mix = 'distillationFraction' | 'temperature';
const problem = logitProblem({
  model: logisticRegression({ inputs: 2, classes: 3 }),
  trainingLoss: convexMix({ scaling: 'none' }),
  validationLoss: crossEntropy(),
});
declare const batch: LogitBatch;
declare const parameters: readonly Tensor[];
declare const labels: Tensor1D;
declare const logits: Tensor2D;

const step = { optimizer: sgd(), optimizerState: [], learningRate: 0.1 };
const pointAt = <Metaparameters>(metaparameters: Metaparameters) => ({
  ...step,
  weights: { parameters, statistics: [] },
  metaparameters,
});
const batches = () => ({ trainingBatch: batch, validationBatch: batch });
const at = () => pointAt({ distillationFraction: 0.5, temperature: 2 });

test('the names of the loss are those of the problem, of its hypergradient and of its report', () => {
  expectTypeOf(problem).toEqualTypeOf<BilevelProblem<Mix, LogitBatch>>();
  const evaluate = () => hypergradient({ problem, point: at(), ...batches(), method: mixed() });
  expectTypeOf(evaluate)
    .returns.resolves.toHaveProperty('gradient')
    .toEqualTypeOf<Readonly<Record<Mix, number>>>();
  const verify = () => verifyHypergradient({ problem, point: at(), ...batches() });
  expectTypeOf(verify).returns.resolves.toEqualTypeOf<HypergradientReport<Mix>>();
});

test('a misspelt or missing metaparameter does not compile', () => {
  const misspelt = () => pointAt({ distillationFraction: 0.5, temperatur: 2 });
  const missing = () => pointAt({ temperature: 2 });
  const method = mixed();
  // @ts-expect-error temperatur
  const evaluated = () => hypergradient({ problem, point: misspelt(), ...batches(), method });
  // @ts-expect-error no distillationFraction
  const incomplete = () => hypergradient({ problem, point: missing(), ...batches(), method });
  // @ts-expect-error temperatur
  const verified = () => verifyHypergradient({ problem, point: misspelt(), ...batches() });
  // @ts-expect-error temperatur
  const reached = () => verifyHypergradient({ problem, point: at(), ...batches(), reach: { temperatur: 1 } });
  const read = async () => {
    const { gradient } = await hypergradient({ problem, point: at(), ...batches(), method });
    // @ts-expect-error temperatur
    return gradient.temperatur;
  };
  expect([evaluated, incomplete, verified, reached, read]).toHaveLength(5);
});

test('an array is given as an array, by its name', () => {
  const grouped = logitProblem({
    model: logisticRegression({ inputs: 2, classes: 3 }),
    trainingLoss: groupedTemperature({ scaling: 'none', by: 'label', count: 3 }),
    validationLoss: crossEntropy(),
  });
  const method = mixed();
  const right = () => pointAt({ 'temperature[]': [1, 2, 3] });
  const misspelt = () => pointAt({ 'temperatures[]': [1, 2, 3] });
  const single = () => pointAt({ 'temperature[]': 1 });
  const unmarked = () => pointAt({ temperature: [1, 2, 3] });
  const evaluated = () => hypergradient({ problem: grouped, point: right(), ...batches(), method });
  expectTypeOf(evaluated)
    .returns.resolves.toHaveProperty('gradient')
    .toEqualTypeOf<{ readonly 'temperature[]': readonly number[] }>();
  // @ts-expect-error temperatures[]
  const ofMisspelt = () => hypergradient({ problem: grouped, point: misspelt(), ...batches(), method });
  // @ts-expect-error a number
  const ofSingle = () => hypergradient({ problem: grouped, point: single(), ...batches(), method });
  // @ts-expect-error no []
  const ofUnmarked = () => hypergradient({ problem: grouped, point: unmarked(), ...batches(), method });
  expect([ofMisspelt, ofSingle, ofUnmarked]).toHaveLength(3);
});

test('logits in the place of labels, or a batch of another problem, do not compile', () => {
  const method = mixed();
  const swapped = () => ({ inputs: logits, labels: logits, teacherLogits: labels });
  const trained = () =>
    // @ts-expect-error labels are [batch], logits [batch, classes]
    hypergradient({ problem, point: at(), trainingBatch: swapped(), validationBatch: batch, method });
  const validated = () =>
    // @ts-expect-error the same
    verifyHypergradient({ problem, point: at(), trainingBatch: batch, validationBatch: swapped() });
  const strange = () =>
    // @ts-expect-error the problem needs inputs
    hypergradient({ problem, point: at(), trainingBatch: { labels }, validationBatch: batch, method });
  const later = () =>
    hypergradient({
      problem,
      point: at(),
      ...batches(),
      method,
      // @ts-expect-error so do later steps
      later: [{ batch: { labels }, learningRate: 1 }],
    });
  expect([trained, validated, strange, later]).toHaveLength(4);
});

test('what an option means, and whether it is needed, is known to the compiler', () => {
  // @ts-expect-error no steps
  expect(() => unrolled({})).toThrow('unrolled: steps is undefined; expected a positive integer.');
  // @ts-expect-error no decay
  expect(() => forwardMode({})).toThrow('forwardMode: decay is undefined; expected a number from 0 to 1.');
  // @ts-expect-error no solver
  expect(() => implicit({})).toThrow('implicit: solver is undefined; expected a solver.');
  // @ts-expect-error a solver is a value
  expect(() => implicit({ solver: 'conjugateGradient' })).toThrow("implicit: solver is 'conjugateGradient'");
  // @ts-expect-error nothing steps
  expect(() => conjugateGradient({ stepSize: 1 })).toThrow("unknown option 'stepSize'");
  // @ts-expect-error nothing iterates
  expect(() => identity({ iterations: 1 })).toThrow("unknown option 'iterations'");
  // @ts-expect-error misspelt
  expect(() => neumann({ iteration: 1 })).toThrow("did you mean 'iterations'?");
  // @ts-expect-error none of the ways
  expect(() => mixed({ via: 'autograd' })).toThrow("mixed: via is 'autograd'");
  // @ts-expect-error no momentum
  expect(() => momentum({})).toThrow('momentum: momentum is undefined; expected a number in [0, 1).');
  // @ts-expect-error not the name
  expect(() => adam({ firstDecay: 0.9 })).toThrow("adam: unknown option 'firstDecay'");
  // @ts-expect-error no learning rate
  expect(() => gradientDescent({})).toThrow('gradientDescent: learningRate is undefined');
  // @ts-expect-error not the name
  expect(() => adamDescent({ learningRate: 0.1, betas: 1 })).toThrow("adamDescent: unknown option 'betas'");
});

test('a problem of functions takes its names from the list of them', () => {
  const options = {
    metaparameters: ['weightDecay', 'noise'],
    training: (_, { weightDecay, noise }, { x }) => {
      expectTypeOf(weightDecay).toEqualTypeOf<number>();
      expectTypeOf(noise).toEqualTypeOf<number>();
      expectTypeOf(x).toEqualTypeOf<Tensor1D>();
      return { value: x as unknown as Scalar, gradient: [] };
    },
    validation: () => ({ value: labels as unknown as Scalar, gradient: [] }),
  } satisfies FunctionProblemOptions<'weightDecay' | 'noise', { readonly x: Tensor1D }>;
  const made = () => functionProblem<'weightDecay' | 'noise', { readonly x: Tensor1D }>(options);
  expectTypeOf(made)
    .returns.toHaveProperty('metaparameters')
    .toEqualTypeOf<readonly ('weightDecay' | 'noise')[]>();
  const inferred = () =>
    functionProblem({
      metaparameters: ['weightDecay'],
      training: withGradients((_, { weightDecay }: { readonly weightDecay: number }, x: Tensor1D) => {
        expectTypeOf(weightDecay).toEqualTypeOf<number>();
        return x as unknown as Scalar;
      }),
      validation: () => ({ value: labels as unknown as Scalar, gradient: [] }),
    });
  expectTypeOf(inferred).returns.toHaveProperty('metaparameters').toEqualTypeOf<readonly 'weightDecay'[]>();
  const stepped = () =>
    functionProblem<'weightDecay', null>({
      ...(options as never as FunctionProblemOptions<'weightDecay', null>),
      // @ts-expect-error weightDecai
      differenceSteps: { weightDecai: 1 },
    });
  expect(stepped).toThrow('functionProblem: differenceSteps has weightDecai');
});

test('a space knows its names', () => {
  const space = metaparameterSpace({
    weightDecay: { bounds: [1e-4, 1], transform: 'log' },
    noise: { bounds: [0, 1] },
  });
  expectTypeOf(space.names).toEqualTypeOf<readonly ('weightDecay' | 'noise')[]>();
  expectTypeOf(space.value([0, 0])).toEqualTypeOf<Readonly<Record<'weightDecay' | 'noise', number>>>();
  // @ts-expect-error no noise
  expect(space.free({ weightDecay: 1 })).toEqual([0, undefined]);
  // @ts-expect-error softplus
  expect(() => metaparameterSpace({ x: { bounds: [0, 1], transform: 'softplus' } })).toThrow('softplus');
  // @ts-expect-error bound
  expect(() => metaparameterSpace({ x: { bounds: [0, 1], bound: 1 } })).toThrow(
    "metaparameterSpace: ranges.x: unknown option 'bound'; did you mean 'bounds'?",
  );
  const arrays = metaparameterSpace({ noise: { bounds: [0, 1] }, 'trust[]': { bounds: [0, 1], size: 2 } });
  expectTypeOf(arrays.names).toEqualTypeOf<readonly ('noise' | 'trust[]')[]>();
  expectTypeOf(arrays.value([0, 0, 0])).toEqualTypeOf<{
    readonly noise: number;
    readonly 'trust[]': readonly number[];
  }>();
  // @ts-expect-error an array has a size
  expect(() => metaparameterSpace({ 'trust[]': { bounds: [0, 1] } })).toThrow('the size of trust[]');
  // @ts-expect-error a number has none
  expect(() => metaparameterSpace({ noise: { bounds: [0, 1], size: 2 } })).toThrow("unknown option 'size'");
});

test('names flow through what is read back', async () => {
  const layout = metaparameterLayout({ metaparameters: ['a', 'b[]'], shapes: { 'b[]': [2] } });
  expectTypeOf(layout.unflatten([1, 2, 3])).toEqualTypeOf<{
    readonly a: number;
    readonly 'b[]': readonly number[];
  }>();
  // @ts-expect-error the shape of another array
  const misspelt = () => metaparameterLayout({ metaparameters: ['a', 'b[]'], shapes: { 'c[]': [2] } });
  expect(misspelt).toThrow('the shape of b[] is undefined');
  const read = (loss: Scalar) => readScalars({ loss });
  expectTypeOf(read).returns.resolves.toEqualTypeOf<{ readonly loss: number }>();
});

test('a loss of another kind, and a model without layers, do not compile', () => {
  const loss = crossEntropy();
  const model = logisticRegression({ inputs: 2, classes: 3 });
  expectTypeOf(loss).toExtend<LogitLoss>();
  const composed = () =>
    composedProblem({
      model: model as never as LayeredModel,
      layers: [],
      // @ts-expect-error a loss of logits alone is no composed loss
      trainingLoss: loss,
      validationLoss: loss,
    });
  const validated = () =>
    // @ts-expect-error a validation loss has no metaparameter
    logitProblem({ model, trainingLoss: loss, validationLoss: convexMix({ scaling: 'none' }) });
  expect([composed, validated]).toHaveLength(2);
});
