import { add, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensors } from '../types.js';
import { runFused } from './run-fused.js';

/** xScale · x + yScale · y, tensor by tensor, with a yScale for each; all lists are of one length. */
export const combine = (x: Tensors, xScale: number, y: Tensors, yScales: readonly number[]): Tensors =>
  runFused('MetadistillCombine', [...x, ...y], { xScale, yScales }) ??
  x.map((each, i) =>
    tidy(() => {
      const scaled = mul(y[i] as Tensor, yScales[i] as number);
      return add(xScale === 1 ? each : mul(each, xScale), scaled);
    }),
  );
