import { cumprod, type GradConfig, mul, reshape, type Tensor, transpose, util } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../kernels/call/checks.js';

/**
 * dx = dy times the product of the others, right where some are 0. TensorFlow.js' own throws for axes counted from the end.
 */
export const prodGradient: GradConfig = {
  kernelName: 'Prod',
  inputsToSave: ['x'],
  gradFunc: (cotangent, [given], { axis }) => {
    const [dy, x] = [cotangent as Tensor, given!];
    const axes = util.parseAxisParam(axis as number, x.shape);
    const kept = x.shape.map((_, each) => each).filter((each) => !axes.includes(each));
    const order = [...kept, ...axes];
    const outer = kept.map((each) => x.shape[each]!);
    return {
      x: () => {
        const moved = transpose(x, order);
        const rows = reshape(moved, [...outer, x.size / sizeOf(outer)]);
        const others = mul(cumprod(rows, kept.length, true, false), cumprod(rows, kept.length, true, true));
        const dx = reshape(mul(reshape(dy, [...outer, 1]), others), moved.shape);
        return transpose(
          dx,
          order.map((_, each) => order.indexOf(each)),
        );
      },
    };
  },
};
