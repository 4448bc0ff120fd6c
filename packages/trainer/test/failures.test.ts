import { dense, disposeWeights, model, relu, type Weights } from '@metadistill/models';
import { always } from '@metadistill/trajectory';
import { engine, mean, memory, mul, Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { type DistilOptions, distil } from '../src/index.js';

const classes = 3;
const dataset = (name: string, examples: number) => ({
  name,
  exampleShape: [2],
  classes,
  examples: Float32Array.from({ length: 2 * examples }, (_, i) => Math.sin(7 * i)),
  labels: Int32Array.from({ length: examples }, (_, i) => i % classes),
});
const training = dataset('training', 12);

const options = (): DistilOptions => ({
  student: model({
    name: 'student',
    inputShape: [2],
    classes,
    layers: [dense({ inputs: 2, outputs: 4 }), relu(), dense({ inputs: 4, outputs: classes })],
  }),
  training,
  validation: dataset('validation', 6),
  teacherLogits: {
    values: Float32Array.from({ length: 36 }, (_, i) => 3 * Math.cos(5 * i)),
    examples: 12,
    classes,
  },
  controller: always(),
  epochs: 3,
  batchSize: 6,
  seed: 1,
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs until it fails; the weights of the last report have to be there, and nothing else. */
async function expectNothingLost(given: DistilOptions): Promise<void> {
  const before = memory().numTensors;
  let last: Weights | undefined;
  let failed = false;
  try {
    for await (const { weights } of distil(given)) last = weights;
  } catch {
    failed = true;
  }
  vi.restoreAllMocks();
  expect(failed, 'the failure was passed over').toBe(true);
  for (const tensor of last?.parameters ?? []) expect(tensor.dataSync().every(Number.isFinite)).toBe(true);
  if (last) disposeWeights(last);
  expect(memory().numTensors - before, 'tensors left').toBe(0);
}

/** Lets call number `count` of a method fail; undefined counts the calls. */
function failing(count: number, target: object, method: string, asynchronous: boolean): () => number {
  let calls = 0;
  const original = (target as Record<string, (...args: unknown[]) => unknown>)[method]!;
  vi.spyOn(target as Record<string, () => unknown>, method).mockImplementation(function (
    this: unknown,
    ...args: unknown[]
  ) {
    if (calls++ !== count) return original.apply(this, args);
    const error = new Error('out of memory');
    if (asynchronous) return Promise.reject(error);
    throw error;
  });
  return () => calls;
}

test.each([
  ['a kernel', engine(), 'runKernel', false],
  ['a read', Tensor.prototype, 'data', true],
] as const)(
  '%s that fails, whichever it is, loses no weights and leaves no tensor',
  async (_, target, method, isAsync) => {
    const calls = failing(-1, target, method, isAsync);
    disposeWeights((await distil(options())).weights!);
    const count = calls();
    vi.restoreAllMocks();
    expect(count).toBeGreaterThan(20);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: count - 1 }), async (failure) => {
        failing(failure, target, method, isAsync);
        await expectNothingLost(options());
      }),
    );
  },
);

/** Throws at call number `count`. */
const throwAt = <Args extends unknown[], Result>(count: number, then: (...args: Args) => Result) => {
  let calls = 0;
  return (...args: Args): Result => {
    if (calls++ === count) throw new Error('out of luck');
    return then(...args);
  };
};

const part = always();
test.each<[string, (count: number) => Partial<DistilOptions>]>([
  ['learningRate', (count) => ({ learningRate: throwAt(count, () => 0.01) })],
  ['decide of the controller', (count) => ({ controller: { ...part, decide: throwAt(count, part.decide) } })],
  [
    'observe of the controller',
    (count) => ({ controller: { ...part, observe: throwAt(count, part.observe) } }),
  ],
  ['a metric', (count) => ({ metrics: [throwAt(count, () => mean([1, 2]))] })],
  ...(['onTrainBegin', 'onEpochBegin', 'onBatchBegin', 'onBatchEnd', 'onEpochEnd'] as const).map(
    (event): [string, (count: number) => Partial<DistilOptions>] => [
      event,
      (count) => ({
        callbacks: { [event]: throwAt(event === 'onTrainBegin' ? 0 : count, async () => {}) },
      }),
    ],
  ),
])('%s that throws, at any time, loses no weights and leaves no tensor', async (_, change) => {
  for (const count of [0, 1, 2]) await expectNothingLost({ ...options(), ...change(count) });
});

test('a rate that is no rate is refused at its step, and one that ruins the last step is found in it', async () => {
  for (const rate of [Number.NaN, -1, Number.POSITIVE_INFINITY, undefined, null, '0.1', true]) {
    const learningRate = (i: number) => (i === 3 ? rate : 0.01) as number;
    await expectNothingLost({ ...options(), learningRate });
    await expect(distil({ ...options(), learningRate })).rejects.toThrow('train: learningRate(3) is ');
  }
  const { controller: _, ...plain } = options();
  const ruined = { ...plain, learningRate: (i: number) => (i === 5 ? 1e300 : 0.01) };
  await expectNothingLost(ruined);
  await expect(distil(ruined)).rejects.toThrow(
    /^train: weights\.parameters\[\d\] after the step is (-?Infinity|NaN) at iteration 5, with /,
  );
});

test('weights to start from that are not finite are named, before work starts', async () => {
  const before = memory().numTensors;
  const given = options();
  const weights = (await distil(given)).weights!;
  const [first, ...rest] = weights.parameters;
  const broken = { ...weights, parameters: [mul(first!, Number.NaN), ...rest] };
  await expect(distil({ ...given, weights: broken })).rejects.toThrow(
    'distil: weights.parameters[0] has NaN; expected finite numbers. Were they kept of a training that diverged?',
  );
  disposeWeights(weights);
  broken.parameters[0]!.dispose();
  expect(memory().numTensors - before).toBe(0);
});
