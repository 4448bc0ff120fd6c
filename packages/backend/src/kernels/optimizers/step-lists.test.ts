import { dispose, ones, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const adam = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-7,
  correction1: 0.19,
  correction2: 0.0199,
};
const momentum = { learningRate: 0.1, momentum: 0.9 };
const rmsprop = { learningRate: 0.1, decay: 0.9, momentum: 0.5, epsilon: 1e-7 };

/** Of each kernel the new value and state of one parameter, in float64. */
const steps: [string, object, (value: number, g: number, a: number, b: number) => number[]][] = [
  ['MetadistillSgdStep', { learningRate: 0.1 }, (value, g) => [value - 0.1 * g]],
  [
    'MetadistillMomentumStep',
    { ...momentum, useNesterov: false },
    (value, g, a) => [value - 0.1 * (0.9 * a + g), 0.9 * a + g],
  ],
  [
    'MetadistillMomentumStep',
    { ...momentum, useNesterov: true },
    (value, g, a) => [value - 0.1 * (g + 0.9 * (0.9 * a + g)), 0.9 * a + g],
  ],
  [
    'MetadistillAdamStep',
    adam,
    (value, g, a, b) => {
      const [first, second] = [0.9 * a + 0.1 * g, 0.99 * b + 0.01 * g * g];
      return [value - (0.1 * (first / 0.19)) / (Math.sqrt(second / 0.0199) + 1e-7), first, second];
    },
  ],
  [
    'MetadistillRmspropStep',
    rmsprop,
    (value, g, a, b) => {
      const square = 0.9 * a + 0.1 * g * g;
      const next = 0.5 * b + (0.1 * g) / Math.sqrt(square + 1e-7);
      return [value - next, square, next];
    },
  ],
];

describeEachBuild('steps of all parameters', () => {
  it.each(steps)('%s is its formula, parameter by parameter', (name, attributes, formula) => {
    const states = formula(0, 0, 1, 1).length - 1;
    const sizes = [1, 4, 7, 130];
    const lists = Array.from({ length: states + 2 }, (_, list) =>
      sizes.map((size, i) => {
        const values = randomValues(size, 10 * list + i);
        // State holds running means of squares: not negative.
        return list < 2 ? values : values.map((value) => 0.1 + Math.abs(value));
      }),
    );
    tidy(() => {
      const inputs = lists.flat().map((values) => tensor1d(values));
      const outputs = runKernel(name, inputs, attributes).map((each) => each.dataSync());
      for (const [parameter, size] of sizes.entries()) {
        for (let i = 0; i < size; i++) {
          const [value, g, a = 0, b = 0] = lists.map((list) => list[parameter]![i]!);
          for (const [list, exact] of formula(value!, g!, a, b).entries()) {
            const got = outputs[list * sizes.length + parameter]![i]!;
            // Ten roundings of terms below 20: a gradient, its square, and a step of at most its size over √0.1.
            expect(Math.abs(got - exact)).toBeLessThan(10 * 20 * 2 ** -24);
          }
        }
      }
    });
  });

  it('refuse lists and shapes that do not fit', () => {
    const [three, four] = [ones([3]), ones([4])] as [Tensor, Tensor];
    const run =
      (...inputs: Tensor[]) =>
      () =>
        runKernel('MetadistillAdamStep', inputs, adam);
    expect(run(three, three, three)).toThrow(/3 tensors; expected 4 lists/);
    expect(run(three, four, three, three)).toThrow(/gradient has shape \[4\]; expected \[3\]/);
    expect(run(three, three, three, four)).toThrow(/state 2 has shape \[4\]; expected \[3\]/);
    dispose([three, four]);
  });
});
