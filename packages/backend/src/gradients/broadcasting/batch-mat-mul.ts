import { type GradConfig, matMul, type Tensor } from '@tensorflow/tfjs-core';
import { sumToShape } from './sum-to-shape.js';

/** In place of TensorFlow.js' own, which has the output's batch axes if those of an operand spread to them. */
export const batchMatMulGradient: GradConfig = {
  kernelName: 'BatchMatMul',
  inputsToSave: ['a', 'b'],
  gradFunc: (cotangent, saved, attributes) => {
    const [a, b] = saved as [Tensor, Tensor];
    const dy = cotangent as Tensor;
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    const byA = () => (transposeA ? matMul(b, dy, transposeB, true) : matMul(dy, b, false, !transposeB));
    const byB = () => (transposeB ? matMul(dy, a, true, transposeA) : matMul(a, dy, !transposeA, false));
    return { a: () => sumToShape(byA(), a.shape), b: () => sumToShape(byB(), b.shape) };
  },
};
