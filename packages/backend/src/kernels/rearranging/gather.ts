import { describeValue } from '@metadistill/options';
import { backend_util, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { axisOf, checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `GatherV2`. */
export interface GatherAttributes {
  readonly axis: number;
  /** How many first axes `x` and `indices` share. */
  readonly batchDims?: number;
}

type Call = KernelCall<'x' | 'indices', GatherAttributes>;

/**
 * `GatherV2` on wasm: y[b, o, i, ...] = x[b, o, indices[b, i], ...], run by run, where stock computes the position of every
 * number, and reads beyond x if there are batches b.
 *
 * `x` is float32, int32 or bool, `indices` int32.
 *
 * @throws TypeError if `indices` is not int32, RangeError if it names nothing.
 */
export function gather({ inputs: { x, indices }, attrs, backend }: Call): TensorInfo {
  checkTensor('gather', 'indices', indices, 'int32');
  const axis = axisOf('gather', attrs.axis, x);
  const { batchDims = 0 } = attrs;
  const fits =
    Number.isInteger(batchDims) && batchDims >= 0 && batchDims <= Math.min(axis, indices.shape.length);
  if (!fits || x.shape.slice(0, batchDims).some((size, i) => size !== indices.shape[i])) {
    throw new RangeError(
      `gather: batchDims is ${describeValue(batchDims)}; expected a number of first axes that ${shown(x.shape)} and ` +
        `${shown(indices.shape)} share, and at most the axis ${axis}.`,
    );
  }
  const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
    backend_util.segment_util.collectGatherOpShapeInfo(x as Tensor, indices as Tensor, axis, batchDims);
  const host = wasmHost(backend);
  const wrong = host.integers(indices).find((index) => index < 0 || index >= dimSize);
  if (wrong !== undefined) {
    throw new RangeError(`gather: indices has ${wrong}; expected whole numbers from 0 to ${dimSize - 1}.`);
  }
  const y = host.make(outputShape, x.dtype);
  const perBatch = sizeOf(indices.shape) / batchSize;
  const [from, to, ids] = [host.bits(x), host.bits(y), host.integers(indices)];
  let target = 0;
  for (let batch = 0; batch < batchSize; batch++) {
    for (let outer = 0; outer < outerSize; outer++) {
      const first = (batch * outerSize + outer) * dimSize;
      for (let i = 0; i < perBatch; i++) {
        const start = (first + ids[batch * perBatch + i]!) * sliceSize;
        for (let k = 0; k < sliceSize; k++) to[target + k] = from[start + k]!;
        target += sliceSize;
      }
    }
  }
  return y;
}
