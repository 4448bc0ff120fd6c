import { einsum, type GradConfig, mul, ones, reshape, type Tensor } from '@tensorflow/tfjs-core';

/** The gradient of `Einsum`, which TensorFlow.js does not have: the einsum of dy with the other operand. */
export const einsumGradient: GradConfig = {
  kernelName: 'Einsum',
  saveAllInputs: true,
  gradFunc: (dy, operands: Tensor[], { equation }) => {
    const [left, result] = (equation as string).replaceAll(' ', '').split('->') as [string, string];
    const terms = left.split(',');
    const gradientOf = (i: number): Tensor => {
      const others = terms.flatMap((term, k) => (k === i ? [] : [{ term, operand: operands[k]! }]));
      const known = [result, ...others.map(({ term }) => term)].join('');
      const wanted = [...terms[i]!].filter((letter) => known.includes(letter)).join('');
      const inputs = [dy as Tensor, ...others.map(({ operand }) => operand)];
      const from = [result, ...others.map(({ term }) => term)].join(',');
      const reduced = einsum(`${from}->${wanted}`, ...inputs);
      // A letter that only this operand has was summed over: its gradient is the same all along it.
      const shape = [...terms[i]!].map((letter, axis) =>
        wanted.includes(letter) ? operands[i]!.shape[axis]! : 1,
      );
      return mul(reshape(reduced, shape), ones(operands[i]!.shape));
    };
    return Object.fromEntries(operands.map((_, i) => [i, () => gradientOf(i)]));
  },
};
