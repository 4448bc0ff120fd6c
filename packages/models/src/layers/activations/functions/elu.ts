import { add, elu as eluOf, mul, neg, step } from '@tensorflow/tfjs-core';
import { runKernel } from '../../../kernels/run-fused.js';
import { type ElementwiseFunction, keepingOutput } from './elementwise-function.js';
import { negativePart } from './negative-part.js';

/** x above 0, eˣ − 1 below: f′ = y + 1 and f″ = f′ below. */
export const elu: ElementwiseFunction = {
  forward: keepingOutput((x) => eluOf(x)),
  slope: ([y]) => add(negativePart(y), 1),
  curvature: ([y], slope) => mul(slope, step(neg(y))),
  scaledBySlope: (v, [y]) => runKernel('EluGrad', { dy: v, y }, {})[0]!,
};
