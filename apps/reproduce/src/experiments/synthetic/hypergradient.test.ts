import { finiteDifference, hypergradient, logitProblem, mixed, sgd } from '@metadistill/hypergrad';
import { convexMix, crossEntropy } from '@metadistill/losses';
import { disposeWeights, logisticRegression } from '@metadistill/models';
import { relativeError } from '@metadistill/testing';
import { expect, test } from 'vitest';
import { type MethodKind, methodOf } from '../methods.js';
import { syntheticConfig } from './config.js';
import { syntheticData } from './data.js';
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

test.each([
  ['one forward-mode pass', mixed({ via: 'jvp' }), exact],
  ['two backward passes', mixed({ via: 'vjp' }), exact],
  ["the paper's difference", finiteDifference(), byDifference],
])(
  'the first hypergradient of the first three runs is that of PyTorch in float64, by %s',
  async (_, method, expected) => {
    const config = syntheticConfig('published');
    const gradientMethod = methodOf('gradient') as MethodKind;
    const data = await syntheticData(config, 'published', gradientMethod);
    const model = logisticRegression({ inputs: 3, classes: 2 });
    const problem = logitProblem({
      model,
      trainingLoss: convexMix({ scaling: 'none' }),
      validationLoss: crossEntropy({ temperature: config.validationTemperature }),
    });
    for (const [run, [byFraction, byTemperature]] of expected.entries()) {
      const { weights, metaparameters } = initialState(model, config.seed, gradientMethod, 'published', run);
      const { gradient } = await hypergradient(
        problem,
        {
          weights,
          metaparameters,
          optimizer: sgd(),
          optimizerState: [],
          learningRate: config.learningRate,
        },
        data.training,
        data.validation,
        method,
      );
      disposeWeights(weights);
      // The teacher's float32 weights are known to 1e-7 after 20,000 steps. Run 0's derivative by the temperature is a
      // difference of terms a hundred times as large; the finite difference divides rounding by 0.02 / ‖∇V‖.
      const tolerance = method.name === 'finiteDifference' ? 2e-4 : 2e-5;
      expect(relativeError([gradient.distillationFraction], [byFraction as number])).toBeLessThan(tolerance);
      expect(relativeError([gradient.temperature], [byTemperature as number])).toBeLessThan(5 * tolerance);
    }
  },
);
