import { torchRandom } from '@metadistill/datasets';
import { type HypergradientReport, logitProblem, sgd, verifyHypergradient } from '@metadistill/hypergrad';
import { convexMix, crossEntropy } from '@metadistill/losses';
import { disposeWeights, type Model } from '@metadistill/models';
import type { VerificationBatches } from './verification-batches.js';

/**
 * Checks the hypergradient of the paper's loss by distillation fraction and temperature, for a fresh student.
 *
 * @param batches borrowed.
 */
export async function verifyModel(model: Model, batches: VerificationBatches): Promise<HypergradientReport> {
  const weights = model.initialize(torchRandom(42).uniform);
  const optimizer = sgd();
  try {
    return await verifyHypergradient({
      problem: logitProblem({
        model,
        trainingLoss: convexMix({ scaling: 'none' }),
        validationLoss: crossEntropy(),
      }),
      point: {
        weights,
        metaparameters: { distillationFraction: 0.4, temperature: 3 },
        optimizer,
        optimizerState: optimizer.initialize(weights.parameters),
        learningRate: 0.1,
      },
      trainingBatch: batches.training,
      validationBatch: batches.validation,
    });
  } finally {
    disposeWeights(weights);
  }
}
