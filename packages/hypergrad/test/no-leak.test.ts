import { composeLoss, convexMix, crossEntropy, hint } from '@metadistill/losses';
import {
  batchNorm,
  conv2d,
  dense,
  flatten,
  type Model,
  model,
  relu,
  type Weights,
} from '@metadistill/models';
import {
  clone,
  cos,
  dispose,
  memory,
  mul,
  reshape,
  type Scalar,
  sin,
  square,
  sum,
  type Tensor,
  type Tensor1D,
  tensor,
  tensor1d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { hypergradient } from '../src/hypergradient.js';
import { momentum } from '../src/inner/momentum.js';
import { sgd } from '../src/inner/sgd.js';
import { composedProblem } from '../src/problems/composed-problem.js';
import { functionProblem } from '../src/problems/function-problem.js';
import { logitProblem } from '../src/problems/logit-problem.js';
import { innerStep } from '../src/step/inner-step.js';
import type { BilevelProblem, HypergradientMethod, InnerOptimizer, InnerPoint } from '../src/types.js';
import { scattered } from './linear-student.js';
import { allMethods, innerOptimizers, solvers } from './parts.js';

/**
 * Calls a function, disposes of what it returns and of nothing else, and counts what is left. There is no `tidy` around
 * the call: it would dispose of every leak before it is counted.
 */
function expectNothingLeft<Result>(of: string, call: () => Result): void {
  const before = memory().numTensors;
  dispose(call() as never);
  expect(memory().numTensors - before, `tensors that ${of} leaves beside what it returns`).toBe(0);
}

const tensorOf = (shape: readonly number[], seed: number): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(scattered(size, seed), [...shape]);
};

const student = model({
  name: 'student',
  inputShape: [4, 4, 1],
  classes: 3,
  layers: [
    conv2d({ inputs: 1, outputs: 2, kernelSize: 3 }),
    batchNorm({ channels: 2 }),
    relu(),
    flatten(),
    dense({ name: 'hidden', inputs: 8, outputs: 4 }),
    relu(),
    dense({ inputs: 4, outputs: 3 }),
  ],
});
const { secondOrder: _, ...firstOrder }: Model = student;
const { jvp: __, ...backwardOnly }: Model = firstOrder;
const { hessianProduct: ___, ...lossWithoutHessian } = convexMix({ scaling: 'none' });

const batchOf = (size: number, seed: number) => ({
  inputs: tensorOf([size, 4, 4, 1], seed),
  labels: tensor1d(
    Array.from({ length: size }, (_, i) => i % 3),
    'int32',
  ),
  teacherLogits: tensorOf([size, 3], seed + 20),
  teacherFeatures: { wide: tensorOf([size, 5], seed + 30) },
});
const weightsOf = (...adapters: readonly Tensor[]): Weights => ({
  parameters: [...student.parameters.map(({ shape }, i) => tensorOf(shape, 60 + i)), ...adapters],
  statistics: student.statistics.map(({ shape }) => square(tensorOf(shape, 9))),
});

const validationLoss = crossEntropy();
const mix = { distillationFraction: 0.4, temperature: 2 };
/** A problem of functions that keep whatever they make, as those of a user may. */
const careless = {
  metaparameters: ['x'] as const,
  training: ([w]: readonly Tensor[], { x }: { readonly x: number }) => ({
    value: mul(sum(mul(square(w!), x)), 0.5) as Scalar,
    gradient: [mul(mul(w!, 1), x)],
  }),
  validation: ([w]: readonly Tensor[]) => ({ value: sum(sin(w!)) as Scalar, gradient: [cos(mul(w!, 1))] }),
};
const more = {
  metaparameterGradient: ([w]: readonly Tensor[]) => reshape(mul(sum(square(w!)), 0.5), [1]) as Tensor1D,
  mixedDerivatives: ([w]: readonly Tensor[]) => [[mul(mul(w!, 1), 1)]],
  hessianVectorProduct: (
    _w: readonly Tensor[],
    { x }: { readonly x: number },
    _batch: unknown,
    [direction]: readonly Tensor[],
  ) => [mul(mul(direction!, 1), x)],
};

type AnyProblem = BilevelProblem<string, never, never>;
interface Case {
  readonly problem: AnyProblem;
  readonly metaparameters: Readonly<Record<string, number>>;
  readonly weights: () => Weights;
  readonly batches: () => readonly [never, never];
}
const images = { batches: () => [batchOf(6, 1), batchOf(5, 2)] as never };
const numbers = {
  weights: () => ({ parameters: [tensor1d([0.5, -1])], statistics: [] }),
  batches: () => [null, null] as never,
};
const logits = (model: Model, trainingLoss = convexMix({ scaling: 'none' })) => ({
  ...images,
  problem: logitProblem({ model, trainingLoss, validationLoss }) as AnyProblem,
  metaparameters: mix,
  weights: () => weightsOf(),
});
const problems: Readonly<Record<string, Case>> = {
  'logitProblem of a model with second-order rules': logits(student),
  'logitProblem of a loss without one': logits(student, lossWithoutHessian),
  'logitProblem of a model without one': logits(firstOrder),
  'logitProblem of a model without forward mode': logits(backwardOnly),
  composedProblem: {
    ...images,
    problem: composedProblem({
      model: student,
      layers: ['relu1', 'hidden'],
      adapters: ['widen'],
      trainingLoss: composeLoss({
        terms: [
          { name: 'labels', loss: crossEntropy(), weight: 1 },
          {
            name: 'hidden',
            featureLoss: hint(),
            studentLayer: 'hidden',
            teacherLayer: 'wide',
            adapter: 'widen',
            weight: 'hintWeight',
          },
        ],
      }),
      validationLoss,
    }) as AnyProblem,
    metaparameters: { hintWeight: 0.5 },
    weights: () => weightsOf(tensorOf([4, 5], 80)),
  },
  'functionProblem of losses alone': {
    ...numbers,
    problem: functionProblem<'x', never>(careless) as unknown as AnyProblem,
    metaparameters: { x: 0.7 },
  },
  'functionProblem with ∂L/∂λ': {
    ...numbers,
    problem: functionProblem<'x', never>({
      ...careless,
      metaparameterGradient: more.metaparameterGradient,
    }) as AnyProblem,
    metaparameters: { x: 0.7 },
  },
  'functionProblem with all derivatives': {
    ...numbers,
    problem: functionProblem<'x', never>({ ...careless, ...more }) as AnyProblem,
    metaparameters: { x: 0.7 },
  },
  'functionProblem with a direct term': {
    ...numbers,
    problem: functionProblem<'x', never>({
      ...careless,
      validation: (parameters) => ({
        ...careless.validation(parameters),
        metaparameterGradient: mul(tensor1d([1]), 2) as Tensor1D,
      }),
    }) as AnyProblem,
    metaparameters: { x: 0.7 },
  },
};

const pointOf = ({ weights, metaparameters }: Case, optimizer: InnerOptimizer): InnerPoint<string> => {
  const made = weights();
  return {
    weights: made,
    metaparameters,
    optimizer,
    optimizerState: optimizer.initialize(made.parameters),
    learningRate: 0.1,
  };
};

describe.each(Object.entries(problems))('%s', (name, of) => {
  const { problem } = of;
  const hasForwardMode = tidy(() => 'mixedProduct' in problem.training(of.weights(), of.batches()[0]));

  test.each(allMethods.filter((method) => hasForwardMode || !method.name.startsWith('mixed-jvp')))(
    '$name leaves what it returns, and borrows the rest',
    (method: HypergradientMethod) => {
      const [trainingBatch, validationBatch] = of.batches();
      const point = pointOf(of, momentum({ momentum: 0.5 }));
      const input = { problem, point, trainingBatch, validationBatch };
      const borrowed = [...point.weights.parameters, ...point.weights.statistics, ...point.optimizerState];
      expectNothingLeft(`evaluate of ${method.name}`, () => method.evaluate(input));
      if (method.advance) {
        const { state, ...rest } = method.evaluate(input);
        dispose(rest as never);
        expectNothingLeft(`advance of ${method.name}`, () => method.advance!({ ...input, state }));
        expectNothingLeft(`evaluate of ${method.name} with a state`, () =>
          method.evaluate({ ...input, state }),
        );
        borrowed.push(...state);
      }
      expect(borrowed.every(({ isDisposed }) => !isDisposed)).toBe(true);
      dispose([...borrowed, trainingBatch, validationBatch] as never);
    },
  );

  test('each of its functions leaves what it returns', () => {
    tidy(() => {
      const [trainingBatch, validationBatch] = of.batches();
      const { weights, metaparameters, ...step } = pointOf(of, sgd());
      const direction = weights.parameters.map(({ shape }, i) => tensorOf(shape, 90 + i));
      const at = problem.training(weights, trainingBatch);
      const left = (part: string, call: () => unknown) => expectNothingLeft(`${part} of ${name}`, call);
      left('valueAndGradient', () => at.valueAndGradient(metaparameters));
      left('metaparameterGradient', () => at.metaparameterGradient(metaparameters));
      left('mixedDerivatives', () => at.mixedDerivatives(metaparameters));
      left('mixedProduct', () => at.mixedProduct?.(metaparameters, direction) ?? []);
      left('hessianVectorProduct', () => at.hessianVectorProduct(metaparameters, direction));
      left('validation', () => problem.validation(weights, validationBatch, metaparameters));
      const tangent = at.linearize?.(metaparameters).along(direction);
      if (tangent) {
        left('the linearized mixedProduct', () => tangent.mixedProduct());
        left('the linearized gradientTangent', () => tangent.gradientTangent());
        left('the linearized gradientTangent by a metaparameter', () => tangent.gradientTangent(0));
      }
      const { next, ...made } = innerStep({ weights, metaparameters, ...step }, at);
      expect([made.value, ...next.weights.parameters].some(({ isDisposed }) => isDisposed)).toBe(false);
    });
  });
});

describe.each(Object.values(innerOptimizers).flat())('$name', (optimizer) => {
  test.each(['initialize', 'step', 'vjp', 'jvp'] as const)('%s leaves what it returns', (part) => {
    const [parameters, gradient] = [[tensor1d([1, 2])], [tensor1d([3, 4])]];
    const state = optimizer.initialize(parameters);
    const input = { parameters, gradient, state, learningRate: 0.1 };
    const calls: Record<typeof part, () => unknown> = {
      initialize: () => optimizer.initialize(parameters),
      step: () => optimizer.step(input),
      vjp: () => optimizer.vjp(input, { parameters: gradient, state }),
      jvp: () => optimizer.jvp(input, { parameters: gradient, gradient, state }),
    };
    expectNothingLeft(`${part} of ${optimizer.name}`, calls[part]);
    if (part === 'vjp') {
      expectNothingLeft(`vjp of ${optimizer.name} without the state`, () =>
        optimizer.vjp(input, { parameters: gradient }),
      );
    }
    expect([...parameters, ...gradient, ...state].every(({ isDisposed }) => !isDisposed)).toBe(true);
    dispose([...parameters, ...gradient, ...state]);
  });
});

test.each(Object.entries(solvers))('%s leaves what it returns', (name, solver) => {
  for (const options of [{ iterations: 3 }, { iterations: 3, tolerance: 1e-3 }, { iterations: 0 }]) {
    const rightHandSide = [tensor1d([1, -2]), zeros([2])];
    expectNothingLeft(name, () =>
      solver(options).solve({
        rightHandSide,
        multiply: (direction) => direction.map((d) => mul(d, 0.5)),
        learningRate: 0.1,
        pullBack: (q) => ({ parameters: q.map((d) => clone(d)), gradient: q.map((d) => mul(d, -0.1)) }),
      }),
    );
    expect(rightHandSide.every(({ isDisposed }) => !isDisposed)).toBe(true);
    dispose(rightHandSide);
  }
});

test.each(allMethods)('hypergradient by $name leaves nothing: it returns plain numbers', async (method) => {
  const of = problems['logitProblem of a model with second-order rules']!;
  const [trainingBatch, validationBatch] = of.batches();
  const point = pointOf(of, momentum({ momentum: 0.5 }));
  const before = memory().numTensors;
  await hypergradient({ problem: of.problem, point, trainingBatch, validationBatch, method });
  expect(memory().numTensors - before, `tensors that hypergradient by ${method.name} leaves`).toBe(0);
  dispose([...point.weights.parameters, ...point.weights.statistics, ...point.optimizerState]);
  dispose([trainingBatch, validationBatch] as never);
});
