import { torchRandom } from '@metadistill/datasets';
import { type HypergradientReport, logitProblem, sgd, verifyHypergradient } from '@metadistill/hypergrad';
import { convexMix, crossEntropy } from '@metadistill/losses';
import { disposeWeights, type Model } from '@metadistill/models';
import type { Batches } from './batches.js';

/**
 * Checks the hypergradient of the paper's loss by distillation fraction and temperature, for a fresh student.
 *
 * @param batches borrowed.
 */
export async function verifyModel(model: Model, batches: Batches): Promise<HypergradientReport> {
  const weights = model.initialize(torchRandom(42).uniform);
  const optimizer = sgd();
  try {
    return await verifyHypergradient(
      logitProblem({
        model,
        trainingLoss: convexMix({ scaling: 'none' }),
        validationLoss: crossEntropy(),
      }),
      {
        weights,
        metaparameters: { distillationFraction: 0.4, temperature: 3 },
        optimizer,
        optimizerState: optimizer.initialize(weights.parameters),
        learningRate: 0.1,
      },
      batches.training,
      batches.validation,
    );
  } finally {
    disposeWeights(weights);
  }
}
