import type { Model, Weights } from '@metadistill/models';
import { checkPart } from '@metadistill/options';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { MiniBatches } from './batches/mini-batches.js';
import { giveTurn } from './event-loop/give-turn.js';

/**
 * A model's logits on one epoch of batches, in evaluation mode: `[examples, classes]`, row-major, on the host. The event loop
 * gets its turn before each batch.
 *
 * @param batches such as `miniBatches({ dataset, batchSize: 500 })`; unshuffled, rows keep the data set's order.
 * @throws TypeError if one of them is something else; the signal's reason on abort.
 */
export async function predictLogits(
  model: Model,
  weights: Weights,
  batches: MiniBatches,
  signal?: AbortSignal,
): Promise<Float32Array> {
  checkPart('predictLogits', 'model', model, 'model');
  checkPart('predictLogits', 'weights', weights, 'weights');
  checkPart('predictLogits', 'batches', batches, 'batches');
  const parts: Float32Array[] = [];
  for (let i = 0; i < batches.batchesPerEpoch; i++) {
    await giveTurn();
    signal?.throwIfAborted();
    const batch = batches.at(i);
    let logits: Tensor2D;
    try {
      logits = model.predict(weights, batch.inputs);
    } finally {
      batches.release(batch);
    }
    try {
      parts.push((await logits.data()) as Float32Array);
    } finally {
      logits.dispose();
    }
  }
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
