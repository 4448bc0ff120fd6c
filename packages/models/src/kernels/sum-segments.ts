import {
  getBackend,
  getKernel,
  type Tensor1D,
  type Tensor2D,
  tidy,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { oneHotRows } from './one-hot-rows.js';
import { matMulTransposeA } from './products.js';

/**
 * The sum of the rows of each segment, `[segments, values]`: y[s] = Σ rows[i] over the i with ids[i] = s, int32. As a
 * product with a one-hot matrix on a backend without the kernel.
 */
export const sumSegments = (rows: Tensor2D, ids: Tensor1D, segments: number): Tensor2D =>
  getKernel('UnsortedSegmentSum', getBackend())
    ? unsortedSegmentSum(rows, ids, segments)
    : tidy(() => matMulTransposeA(oneHotRows(ids, segments), rows));
