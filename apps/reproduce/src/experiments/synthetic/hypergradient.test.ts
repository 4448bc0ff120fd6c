import { finiteDifference, hypergradient, logitProblem, mixed, sgd } from '@metadistill/hypergrad';
import { convexMix, crossEntropy } from '@metadistill/losses';
import { disposeWeights, logisticRegression } from '@metadistill/models';
import { inFloat64, relativeError } from '@metadistill/testing';
import { expect, test } from 'vitest';
import { type MethodKind, methodOf } from '../training/methods.js';
import { syntheticConfig } from './config.js';
import { syntheticSets } from './data.js';
import { initialState } from './initial-state.js';

/** By distillation fraction and temperature, in float64 with automatic differentiation in PyTorch, at iteration 0. */
const exact = [
  [1.60913752573, 0.00126469914491],
  [0.782123692391, 1.52301142474],
  [8.85628369202, -9.75917761245],
];
/** The same by the paper's finite difference. */
const byDifference = [
  [1.60910245418, 0.00126469631601],
  [0.782096848233, 1.52299832233],
  [8.85578516286, -9.75868520812],
];

const routes = [
  ['one forward-mode pass', mixed({ via: 'jvp' }), exact],
  ['two backward passes', mixed({ via: 'vjp' }), exact],
  ["the paper's difference", finiteDifference(), byDifference],
] as const;

test.each(
  routes.flatMap(([route, method, expected]) => [
    // In float32 the difference divides rounding by 0.02 / ‖∇V‖; it is told from the exact derivative in float64.
    ['float32', route, method, expected, method.name === 'finiteDifference' ? 5e-5 : 1e-6] as const,
    ['float64', route, method, expected, 1e-6] as const,
  ]),
)(
  'the first hypergradients of the first three runs, in %s by %s, are those of PyTorch in float64',
  async (precision, _, method, expected, tolerance) => {
    const config = syntheticConfig('published');
    const gradientMethod = methodOf('gradient') as MethodKind;
    const data = await syntheticSets(config, 'published', gradientMethod);
    const model = logisticRegression({ inputs: 3, classes: 2 });
    const problem = logitProblem({
      model,
      trainingLoss: convexMix({ scaling: 'none' }),
      validationLoss: crossEntropy({ temperature: config.validationTemperature }),
    });
    for (const [run, values] of expected.entries()) {
      const { weights, metaparameters } = initialState(model, config, gradientMethod, 'published', run);
      const { learningRate } = config;
      const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate };
      const evaluate = () =>
        hypergradient({
          problem,
          point,
          trainingBatch: data.training,
          validationBatch: data.validation,
          method,
        });
      const { gradient } = await (precision === 'float64' ? inFloat64(evaluate) : evaluate());
      disposeWeights(weights);
      expect(relativeError([gradient.distillationFraction], [values[0] as number])).toBeLessThan(tolerance);
      expect(relativeError([gradient.temperature], [values[1] as number])).toBeLessThan(tolerance);
    }
  },
);
