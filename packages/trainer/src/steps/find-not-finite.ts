import { dotTensors, type Weights } from '@metadistill/models';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Where a number of the weights is not finite. */
export interface NotFinite {
  /** `parameters[2]` or `statistics[0]`. */
  readonly tensor: string;
  readonly value: number;
}

/**
 * The first number of weights that is NaN or infinite; undefined if all are finite. Borrows them.
 *
 * Reads one number, the sum of their squares, and looks at the weights themselves only if that is not finite.
 */
export async function findNotFinite({ parameters, statistics }: Weights): Promise<NotFinite | undefined> {
  const tensors = [...parameters, ...statistics];
  if (tensors.length === 0) return undefined;
  if (Number.isFinite((await readAndDispose(dotTensors(tensors, tensors)))[0])) return undefined;
  for (const [i, tensor] of tensors.entries()) {
    const value = (await tensor.data()).find((each) => !Number.isFinite(each));
    if (value === undefined) continue;
    const at = i - parameters.length;
    return { tensor: at < 0 ? `parameters[${i}]` : `statistics[${at}]`, value };
  }
  // Large numbers whose squares overflow.
  return undefined;
}

async function readAndDispose(tensor: Tensor): Promise<ArrayLike<number>> {
  try {
    return await tensor.data();
  } finally {
    tensor.dispose();
  }
}
