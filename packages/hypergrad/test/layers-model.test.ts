import { convexMix, crossEntropy } from '@metadistill/losses';
import { disposeWeights, fromLayersModel } from '@metadistill/models';
import { relativeError } from '@metadistill/testing';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { hypergradient } from '../src/hypergradient.js';
import { sgd } from '../src/inner/sgd.js';
import { finiteDifference } from '../src/methods/finite-difference.js';
import { forwardMode } from '../src/methods/forward-mode.js';
import { implicit } from '../src/methods/implicit.js';
import { mixed } from '../src/methods/mixed.js';
import { unrolled } from '../src/methods/unrolled.js';
import { logitProblem } from '../src/problems/logit-problem.js';
import { fixedPoint } from '../src/solvers/fixed-point.js';
import type { HypergradientMethod } from '../src/types.js';
import { verifyHypergradient } from '../src/verify/verify-hypergradient.js';
import { seeded } from './image-batch.js';
import { linearBatch, linearTensors } from './linear-student.js';

const kernelInitializer = initializers.glorotUniform({ seed: 3 });
const next = seeded(5);
const model = fromLayersModel(
  sequential({
    layers: [
      layers.dense({ inputShape: [3], units: 16, activation: 'tanh', kernelInitializer }),
      layers.dropout({ rate: 0.5 }),
      layers.batchNormalization(),
      layers.dense({ units: 4, kernelInitializer }),
    ],
  }),
  { uniform: (low, high) => low + (high - low) * next() },
);
const problem = logitProblem({
  model,
  trainingLoss: convexMix({ scaling: 'none' }),
  validationLoss: crossEntropy(),
});

// With masks of their own the two ends of a difference would be apart by some hundred times the derivative.
test('dropout is held still in all passes over a batch: differences agree with exact methods, and pass verification', async () => {
  const weights = model.initialize(() => 0);
  const point = {
    weights,
    metaparameters: { distillationFraction: 0.4, temperature: 3 },
    optimizer: sgd(),
    optimizerState: [],
    learningRate: 0.5,
  };
  const [training, validation] = [linearTensors(linearBatch(24, 1)), linearTensors(linearBatch(20, 9))];
  const by = async (method: HypergradientMethod) => {
    const { gradient } = await hypergradient({
      problem,
      point,
      trainingBatch: training,
      validationBatch: validation,
      method,
    });
    return [gradient.distillationFraction, gradient.temperature];
  };
  const exact = await by(mixed());
  // 0.01 in the weights of a smooth model, and float32 over it.
  expect(relativeError(await by(finiteDifference()), exact)).toBeLessThan(2e-3);
  // What needs products with the Hessian needs none for a single step.
  for (const method of [forwardMode({ decay: 1 }), implicit({ solver: fixedPoint({ iterations: 1 }) })]) {
    expect(relativeError(await by(method), exact)).toBeLessThan(1e-4);
  }
  // Two steps by differences of gradients, forwards and backwards.
  const states = await twoSteps();
  expect(relativeError(states, await by(unrolled({ steps: 2 })))).toBeLessThan(1e-2);
  const { checks } = await verifyHypergradient({
    problem,
    point,
    trainingBatch: training,
    validationBatch: validation,
  });
  expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  disposeWeights(weights);

  async function twoSteps(): Promise<number[]> {
    const method = forwardMode({ decay: 1 });
    const first = method.evaluate({ problem, point, trainingBatch: training, validationBatch: validation });
    const at = { ...point, weights: first.next.weights };
    const second = method.evaluate({
      problem,
      point: at,
      trainingBatch: training,
      validationBatch: validation,
      state: first.state,
    });
    return Array.from(await second.gradient.data());
  }
});
