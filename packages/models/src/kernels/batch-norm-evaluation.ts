import { add, mul, reshape, sub, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { inverseDeviation, type Moments, type ScaleAndOffset } from './batch-norm-training.js';
import { alongWideRows, toWideRows } from './per-channel.js';
import { runFused } from './run-fused.js';

/** y = γ (x − μ) / √(σ² + ε) + β by given moments. Linear in γ and β, so it is also its own tangent by them. */
export const batchNormEvaluation = (
  x: Tensor,
  { scale, offset }: ScaleAndOffset,
  { mean, variance }: Moments,
  epsilon: number,
): Tensor =>
  runFused('MetadistillBatchNormEvaluation', { x, scale, offset, mean, variance }, { epsilon })?.[0] ??
  tidy(() => {
    const slope = mul(scale, inverseDeviation(variance, epsilon)) as Tensor1D;
    const centred = sub(toWideRows(x), alongWideRows(mean, x));
    const output = add(mul(centred, alongWideRows(slope, x)), alongWideRows(offset, x));
    return reshape(output, x.shape);
  });
