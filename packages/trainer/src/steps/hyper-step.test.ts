import {
  type BilevelProblem,
  functionProblem,
  gradientDescent,
  metaparameterSpace,
  mixed,
  sgd,
} from '@metadistill/hypergrad';
import { expectNoLeak, quadraticProblem, toNumbers } from '@metadistill/testing';
import { always } from '@metadistill/trajectory';
import { add, clone, onesLike, sum, type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { constantBatch } from '../batches/constant-batch.js';
import { startTraining } from '../state/start-training.js';
import { disposeTrainingState } from '../state/training-state.js';
import type { MetaOptimization, TrainOptions } from '../types.js';
import { hyperStep } from './hyper-step.js';
import { discard, type Step } from './step.js';

// L = ½ z² + x z and V = ½ z² − z. From z = 1 and x = 0.2 at γ = 0.5: z₁ = 0.4, V = −0.32, dV/dx = −0.5 (0.4 − 1) = 0.3.
const problem = quadraticProblem({ A: [[1]], C: [[1]], a: [0], F: [[1]], f: [-1], h: [0] }) as BilevelProblem<
  string,
  null
>;

/** A step from z = 1; `look` at it before its tensors are disposed of. */
async function stepWith(
  extra: Partial<MetaOptimization<string, null>>,
  look: (step: Step<string>, z: number) => void,
): Promise<void> {
  await expectNoLeak(async () => {
    const meta: MetaOptimization<string, null> = {
      method: mixed(),
      optimizer: gradientDescent({ learningRate: 1 }),
      validationBatches: constantBatch(null),
      controller: always(),
      space: metaparameterSpace<string>({ x0: { bounds: [-10, 10] } }),
      ...extra,
    };
    const start = startTraining<string>({
      weights: { parameters: [tensor1d([1])], statistics: [] },
      optimizer: sgd(),
      metaparameters: { x0: 0.2 },
    });
    const options: TrainOptions<string, null> = {
      problem,
      trainingBatches: constantBatch(null),
      iterations: 1,
      optimizer: sgd(),
      learningRate: () => 0.5,
      start,
      meta,
    };
    try {
      const step = await hyperStep(options, meta, start, null);
      look(step, toNumbers(step.next.weights.parameters[0]!)[0]!);
      discard(step.next);
    } finally {
      disposeTrainingState(start);
    }
  });
}

/** `mixed` with a derivative that was lost. */
const lost = (value: number): ReturnType<typeof mixed> => {
  const method = mixed();
  return {
    ...method,
    evaluate: (input) => {
      const result = method.evaluate(input);
      result.gradient.dispose();
      return { ...result, gradient: tensor1d([value]) };
    },
  };
};

test('moves the metaparameters against the hypergradient, and takes the step that it differentiated', () =>
  stepWith({}, (step, z) => {
    expect(step.hypergradient?.x0).toBeCloseTo(0.3, 6);
    expect(step.metaparameters.x0).toBeCloseTo(-0.1, 6);
    expect(step.trainingLoss).toBeCloseTo(0.7, 6);
    expect(step.validationLoss).toBeCloseTo(-0.32, 6);
    expect(step.saturated).toEqual([]);
    expect(z).toBeCloseTo(0.4, 6);
  }));

test('takes the step again with the new metaparameters if the update is sequential', () =>
  stepWith({ update: 'sequential' }, (step, z) => {
    expect(step.metaparameters.x0).toBeCloseTo(-0.1, 6);
    expect(z).toBeCloseTo(1 - 0.5 * (1 - 0.1), 6);
    expect(step.cost).toEqual({ forwards: 3, backwards: 3, jvps: 1 });
  }));

test('stops at a bound, and says which', () =>
  stepWith({ space: metaparameterSpace<string>({ x0: { bounds: [0, 1] } }) }, (step) => {
    expect(step.metaparameters.x0).toBe(0);
    expect(step.saturated).toEqual(['x0']);
  }));

test('a hypergradient that is not finite throws, is skipped, or counts as zero: as onNaN says', async () => {
  const message = 'the hypergradient by x0 is NaN at iteration 0, with x0 0.2';
  await expect(stepWith({ method: lost(Number.NaN) }, () => {})).rejects.toThrow(message);
  for (const onNaN of ['skip', 'zero'] as const) {
    await stepWith({ method: lost(Number.NaN), onNaN }, (step, z) => {
      expect(step.metaparameters).toEqual({ x0: 0.2 });
      expect(step.warning).toContain(message);
      expect(step.hypergradient?.x0).toBeNaN();
      expect(z).toBeCloseTo(0.4, 6);
    });
  }
  // Zero replaces NaN alone: infinity is skipped, or throws.
  await expect(stepWith({ method: lost(Number.POSITIVE_INFINITY), onNaN: 'zero' }, () => {})).rejects.toThrow(
    'is Infinity at iteration 0',
  );
});

test('names the number of an array that is not finite, and moves the others if it counts as zero', async () => {
  await expectNoLeak(async () => {
    // L = ⟨x, w⟩ + |w|²/2 at w = (1, 1, 1), with a hypergradient of (1, NaN, 2) whatever it is.
    const arrays = functionProblem<'x[]', null>({
      metaparameters: ['x[]'],
      shapes: { 'x[]': [3] },
      training: ([w], { 'x[]': x }) => ({ value: sum(w!), gradient: [add(w!, tensor1d([...x]))] }),
      metaparameterGradient: ([w]) => clone(w!) as Tensor1D,
      validation: ([w]) => ({ value: sum(w!), gradient: [onesLike(w!)] }),
    });
    const method = mixed();
    const meta: MetaOptimization<'x[]', null> = {
      method: {
        ...method,
        evaluate: (input) => {
          const result = method.evaluate(input);
          result.gradient.dispose();
          return { ...result, gradient: tensor1d([1, Number.NaN, 2]) };
        },
      },
      optimizer: gradientDescent({ learningRate: 0.1 }),
      validationBatches: constantBatch(null),
      controller: always(),
      space: metaparameterSpace({ 'x[]': { bounds: [0.35, 1], size: 3 } }),
      onNaN: 'zero',
    };
    const start = startTraining<'x[]'>({
      weights: { parameters: [tensor1d([1, 1, 1])], statistics: [] },
      optimizer: sgd(),
      metaparameters: { 'x[]': [0.5, 0.5, 0.5] },
    });
    const options: TrainOptions<'x[]', null> = {
      problem: arrays,
      trainingBatches: constantBatch(null),
      iterations: 1,
      optimizer: sgd(),
      learningRate: () => 0.5,
      start,
      meta,
    };
    const step = await hyperStep(options, meta, start, null);
    expect(step.metaparameters['x[]']).toEqual([0.4, 0.5, 0.35]);
    expect(step.saturated).toEqual(['x[]']);
    expect(step.hypergradient?.['x[]']).toEqual([1, Number.NaN, 2]);
    const message =
      'train: the hypergradient by x[][1] is NaN at iteration 0, with x[] 3 numbers from 0.5 to 0.5; expected a finite number.';
    expect(step.warning).toContain(message);
    discard(step.next);
    await expect(hyperStep(options, { ...meta, onNaN: 'throw' }, start, null)).rejects.toThrow(message);
    disposeTrainingState(start);
  });
});
