import { holdOutLast, numpyRandom } from '@metadistill/datasets';
import type { LogitBatch } from '@metadistill/hypergrad';
import type { Model } from '@metadistill/models';
import { miniBatches } from '@metadistill/trainer';
import { argMax, cast, matMul, mul, type Tensor1D, type Tensor2D, tensor, tidy } from '@tensorflow/tfjs-core';
import type { ImageSource } from '../experiments/images/data.js';

/** A training batch with a teacher's logits and a validation batch. */
export interface VerificationBatches {
  readonly training: LogitBatch;
  readonly validation: LogitBatch;
  /** What they are, in words. */
  readonly description: string;
  /** Why they are not the real ones. */
  readonly warning?: string;
}

const trainingSize = 128;
/** A mean over many examples has its kinks, of ReLU and max pooling, smoothed out, so that differences are exact. */
const validationSize = 1000;

/** The batches of a model's own experiment, or synthetic ones and why where those cannot be loaded. */
export async function batchesFor(
  model: Model,
  load: () => Promise<VerificationBatches>,
): Promise<VerificationBatches> {
  try {
    return await load();
  } catch (error) {
    return { ...syntheticBatches(model), warning: (error as Error).message };
  }
}

/** The first images of the training and of the validation tenth; the tensors belong to the caller. */
export async function imageBatches(loading: Promise<ImageSource>): Promise<VerificationBatches> {
  const { train: all, teacherLogits, normalization } = await loading;
  const { validation } = holdOutLast(all, 0.1);
  return {
    training: miniBatches({ dataset: all, batchSize: trainingSize, normalization, teacherLogits }).at(0),
    validation: miniBatches({ dataset: validation, batchSize: validationSize, normalization }).at(0),
    description: `${trainingSize} images of ${all.name} with a teacher's logits, and ${validationSize} to validate on`,
  };
}

/**
 * Normal inputs x with labels argmax xR and a teacher's logits 3xR/√inputs, R normal: the same at every call; the tensors
 * belong to the caller.
 *
 * One rule for both batches: with labels at random a training step would move the validation loss by some ulps alone.
 */
function syntheticBatches({ inputShape, classes }: Model): VerificationBatches {
  const random = numpyRandom(42);
  const normal = (length: number) => Float32Array.from({ length }, () => random.standardNormal());
  const size = inputShape.reduce((product, length) => product * length, 1);
  const rule = normal(size * classes);
  const batch = (examples: number): Required<Pick<LogitBatch, 'inputs' | 'labels' | 'teacherLogits'>> => {
    const rows = normal(examples * size);
    return tidy(() => {
      const logits = matMul(tensor(rows, [examples, size]), tensor(rule, [size, classes])) as Tensor2D;
      return {
        inputs: tensor(rows, [examples, ...inputShape]),
        labels: cast(argMax(logits, 1), 'int32') as Tensor1D,
        teacherLogits: mul<Tensor2D>(logits, 3 / Math.sqrt(size)),
      };
    });
  };
  return {
    training: batch(trainingSize),
    validation: batch(validationSize),
    description: `random inputs that a linear rule labels, ${trainingSize} to train on and ${validationSize} to validate on`,
  };
}
