import { expectNoLeak, quadraticProblem } from '@metadistill/testing';
import { scalar, tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { hypergradient, readHypergradient } from './hypergradient.js';
import { sgd } from './inner/sgd.js';
import { mixed } from './methods/mixed.js';
import type { BilevelProblem } from './types.js';

// L = ½ z² + x z and V = ½ z² − z: after one step from z, dV/dx = −γ (z₁ − 1).
const problem = quadraticProblem({ A: [[1]], C: [[1]], a: [0], F: [[1]], f: [-1], h: [0] }) as BilevelProblem<
  string,
  null
>;

test('one call gives the derivative, both losses and the cost as plain numbers, and leaves no tensor', async () => {
  await expectNoLeak(async () => {
    const weights = { parameters: [tensor1d([1])], statistics: [] };
    const point = {
      weights,
      metaparameters: { x0: 0.2 },
      optimizer: sgd(),
      optimizerState: [],
      learningRate: 0.5,
    };
    const given = { problem, point, trainingBatch: null, validationBatch: null };
    const result = await hypergradient({ ...given, method: mixed() });
    // z₁ = 1 − 0.5 (1 + 0.2) = 0.4
    expect(result.gradient.x0).toBeCloseTo(0.3, 6);
    expect(result.trainingLoss).toBeCloseTo(0.7, 6);
    expect(result.validationLoss).toBeCloseTo(-0.32, 6);
    expect(result.cost).toEqual({ forwards: 2, backwards: 2, jvps: 1 });
    await expect(hypergradient({ ...given, methd: mixed() } as never)).rejects.toThrow(
      "hypergradient: unknown option 'methd'; did you mean 'method'?",
    );
    weights.parameters[0]!.dispose();
  });
});

test('reading a result keeps its next state, and disposes of the rest', async () => {
  await expectNoLeak(async () => {
    const parameter = tensor1d([7]);
    const read = await readHypergradient(
      { metaparameters: ['b', 'a'] },
      {
        gradient: tensor1d([1, 2]),
        validationLoss: scalar(3),
        trainingLoss: scalar(4),
        diagnostics: { gradientCosine: scalar(-1) } as never,
        cost: { forwards: 1, backwards: 2, jvps: 3 },
        next: { weights: { parameters: [parameter], statistics: [] }, optimizerState: [] },
        state: [],
      },
    );
    expect(read).toEqual({
      gradient: { b: 1, a: 2 },
      validationLoss: 3,
      trainingLoss: 4,
      diagnostics: { gradientCosine: -1 },
      cost: { forwards: 1, backwards: 2, jvps: 3 },
    });
    expect(parameter.isDisposed).toBe(false);
    parameter.dispose();
  });
});
