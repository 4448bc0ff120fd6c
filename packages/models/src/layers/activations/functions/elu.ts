import { add, elu as eluOf, minimum, mul, neg, step } from '@tensorflow/tfjs-core';
import { runKernel } from '../../../kernels/run-fused.js';
import type { ElementwiseFunction } from './elementwise-function.js';

/** x above 0, eˣ − 1 below: f′ = y + 1 and f″ = f′ below. */
export const elu: ElementwiseFunction = {
  keeps: 'output',
  value: (x) => eluOf(x),
  slope: (y) => add(minimum(y, 0), 1),
  curvature: (y, slope) => mul(slope, step(neg(y))),
  scaledBySlope: (v, y) => runKernel('EluGrad', { dy: v, y }, {})[0]!,
};
