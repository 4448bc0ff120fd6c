import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Sums } from './expect-rounding.js';
import { expectWithin } from './expect-within.js';
import { randomValues } from './random-values.js';

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu'] as const;

/** A bias and an activation as `tf.fused` takes them; which axes of the output they have, from the last one on. */
export interface FusedCase {
  readonly activation: (typeof activations)[number];
  readonly leakyreluAlpha: number;
  readonly bias: readonly boolean[] | undefined;
  readonly slopes: readonly boolean[];
}

/** Every activation; a bias of one value for each channel, none, or one that spreads otherwise. */
export const fusedCases: fc.Arbitrary<FusedCase> = fc.record({
  activation: fc.constantFrom(...activations),
  leakyreluAlpha: fc.constantFrom(0, 0.1, 0.5),
  bias: fc.oneof(fc.constantFrom([true], undefined), fc.array(fc.boolean(), { maxLength: 4 })),
  slopes: fc.oneof(fc.constant([true]), fc.array(fc.boolean(), { maxLength: 3 })),
});

/** Random values of a shape that has some of the axes of another, and what each value of that one gets. */
export function spreadValues(axes: readonly boolean[], target: readonly number[], seed: number) {
  const shape = axes.map((own, i) => (own ? (target.at(i - axes.length) as number) : 1));
  const values = randomValues(product(shape), seed);
  const at = (index: number) => {
    let [rest, offset, step] = [index, 0, 1];
    for (let axis = 1; axis <= shape.length; axis++) {
      const [whole, own] = [target.at(-axis) as number, shape.at(-axis) as number];
      if (own > 1) offset += step * (rest % whole);
      step *= own;
      rest = Math.floor(rest / whole);
    }
    return values[offset] as number;
  };
  return { shape, values, at };
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Expects activation(convolution + bias) of sums of `terms` products, by the definition in float64. */
export function expectActivated(
  got: Tensor,
  convolved: Sums,
  terms: number,
  { activation, leakyreluAlpha }: FusedCase,
  bias: (index: number) => number,
  slopes: (index: number) => number,
): void {
  const exact = convolved.values.map((value, i) => {
    const sum = value + bias(i);
    if (activation === 'relu') return Math.max(0, sum);
    if (activation === 'relu6') return Math.min(6, Math.max(0, sum));
    if (activation === 'elu') return sum < 0 ? Math.expm1(sum) : sum;
    if (activation === 'sigmoid') return 1 / (1 + Math.exp(-sum));
    if (activation === 'prelu') return sum < 0 ? slopes(i) * sum : sum;
    return activation === 'leakyrelu' && sum < 0 ? leakyreluAlpha * sum : sum;
  });
  // Activations but prelu enlarge no error; exponentials err by some units of 1, a slope rounds once more.
  const size = convolved.magnitudes.map((magnitude, i) => {
    const steepest = activation === 'prelu' ? Math.max(1, Math.abs(slopes(i))) : 1;
    return (
      (magnitude + Math.abs(bias(i))) * steepest + (activation === 'elu' || activation === 'sigmoid' ? 1 : 0)
    );
  });
  expectWithin((2 * terms + 6) * 2 ** -24, got.dataSync(), exact, size);
}
