import { add, mul, tidy } from '@tensorflow/tfjs-core';
import type { Tensors } from '../types.js';
import { runFused } from './run-fused.js';

/** BLAS's axpby: xScale · x + yScale · y, tensor by tensor, with a yScale for each; all lists are of one length. */
export const axpby = (x: Tensors, xScale: number, y: Tensors, yScales: readonly number[]): Tensors =>
  runFused('MetadistillCombine', [...x, ...y], { xScale, yScales }) ??
  tidy(() =>
    x.map((each, i) =>
      tidy(() => {
        const scaled = mul(y[i]!, yScales[i]!);
        return add(xScale === 1 ? each : mul(each, xScale), scaled);
      }),
    ),
  );
