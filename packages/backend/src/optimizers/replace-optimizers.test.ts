import {
  memory,
  type NamedTensorMap,
  type Optimizer,
  tensor,
  tidy,
  train,
  unregisterKernel,
  variable,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../test/describe-backends.js';
import { randomValues } from '../../test/random-values.js';
import { registerKernels } from '../register-kernels.js';

const shapes = [[3, 3, 2, 5], [5], [], [130, 7]];
const sizeOf = (shape: readonly number[]) => shape.reduce((size, axis) => size * axis, 1);

/** Three steps, the second without a gradient of the second variable; then state is saved and loaded for one more. */
async function trained(make: () => Optimizer, form: 'list' | 'map') {
  const before = memory().numTensors;
  const variables = shapes.map((shape, i) =>
    tidy(() => variable(tensor(randomValues(sizeOf(shape), i), shape), true, `v${i}`)),
  );
  const apply = (optimizer: Optimizer, round: number) =>
    tidy(() => {
      const gradients = variables.map(({ name, shape }, i) => ({
        name,
        tensor: round === 1 && i === 1 ? null : tensor(randomValues(sizeOf(shape), 10 * round + i), shape),
      }));
      const map = Object.fromEntries(gradients.map((each) => [each.name, each.tensor]));
      optimizer.applyGradients((form === 'list' ? gradients : map) as NamedTensorMap);
    });
  const optimizer = make();
  for (const round of [0, 1, 2]) apply(optimizer, round);
  const saved = await optimizer.getWeights();
  const state = saved.map(({ name, tensor: of }) => [name, ...of.shape, ...of.dataSync()]);
  const loaded = make();
  await loaded.setWeights(saved.map(({ name, tensor: of }) => ({ name, tensor: of.clone() })));
  apply(loaded, 3);
  const values = variables.map((each) => Array.from(each.dataSync()));
  for (const each of [...variables, optimizer]) each.dispose();
  return { values, state, iterations: loaded.iterations, kept: memory().numTensors - before };
}

const optimizers: [string, string, () => Optimizer][] = [
  ['sgd', 'MetadistillSgdStep', () => train.sgd(0.1)],
  ['momentum', 'MetadistillMomentumStep', () => train.momentum(0.1, 0.9)],
  ["Nesterov's momentum", 'MetadistillMomentumStep', () => train.momentum(0.1, 0.9, true)],
  ['adam', 'MetadistillAdamStep', () => train.adam(0.1, 0.9, 0.99, 1e-7)],
  ['rmsprop', 'MetadistillRmspropStep', () => train.rmsprop(0.1, 0.9, 0.5, 1e-7)],
];

describeEachBuild("TensorFlow.js' optimizers", () => {
  it.each(optimizers)(
    '%s: steps and state equal those without our kernel, to the last bit',
    async (_, kernel, make) => {
      for (const form of ['list', 'map'] as const) {
        const ours = await trained(make, form);
        unregisterKernel(kernel, 'wasm');
        const stock = await trained(make, form);
        registerKernels('wasm');
        expect(ours).toEqual(stock);
      }
    },
  );
});

const checks = () => {
  it('centred rmsprop takes √(v − ḡ² + ε), in float64 and with a constant gradient', () => {
    const [rate, decay, momentum, epsilon] = [0.01, 0.8, 0.5, 1e-3];
    tidy(() => {
      const start = randomValues(7, 1);
      const value = variable(tensor(start));
      const optimizer = train.rmsprop(rate, decay, momentum, epsilon, true);
      const exact = Float64Array.from(start);
      const [squares, means, steps] = [0, 1, 2].map(() => new Float64Array(7)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      for (let round = 0; round < 12; round++) {
        const gradient = randomValues(7, 2 + round);
        optimizer.applyGradients({ [value.name]: tensor(gradient) });
        for (const [i, g] of gradient.entries()) {
          squares[i] = decay * squares[i]! + (1 - decay) * g * g;
          means[i] = decay * means[i]! + (1 - decay) * g;
          steps[i] = momentum * steps[i]! + (rate * g) / Math.sqrt(squares[i]! - means[i]! ** 2 + epsilon);
          exact[i]! -= steps[i]!;
        }
      }
      for (const [i, found] of value.dataSync().entries()) expect(found).toBeCloseTo(exact[i]!, 5);
    });
    const constant = variable(tensor([1, -300]));
    const optimizer = train.rmsprop(1e-3, 0.9, 0, 1e-7, true);
    for (let round = 0; round < 300; round++) {
      tidy(() => optimizer.applyGradients({ [constant.name]: tensor([1e-3, 100]) }));
    }
    expect(constant.dataSync().every(Number.isFinite)).toBe(true);
    constant.dispose();
    optimizer.dispose();
  });

  it('name a variable that does not exist', () => {
    const gone = variable(tensor([1]), true, 'gone');
    gone.dispose();
    const gradient = tensor([1]);
    for (const [, , make] of optimizers) {
      const optimizer = make();
      expect(() => optimizer.applyGradients({ gone: gradient })).toThrow(
        'applyGradients: there is no variable gone; expected',
      );
      optimizer.dispose();
    }
    gradient.dispose();
  });
};

describeEachBuild("TensorFlow.js' optimizers, mended,", checks);
describeCpu("TensorFlow.js' optimizers, mended,", checks);
