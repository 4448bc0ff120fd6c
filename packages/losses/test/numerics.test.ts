import { inFloat64, relativeError } from '@metadistill/testing';
import { describe, expect, test } from 'vitest';
import { distillation } from '../src/distillation/distillation.js';
import { entriesOf } from './entries.js';
import { type Batch, type Evaluated, evaluateLoss } from './evaluate-loss.js';
import { everyLogitLoss, type ListedLogitLoss, metaparametersAt } from './every-loss.js';

/** Some tens of roundings of float32, 6e-8 each, in rows and sums of a few terms. */
const TOLERANCE = 1e-5;

const named = (losses: readonly ListedLogitLoss[]) => losses.map((each) => [each.loss.name, each] as const);
const all = named(everyLogitLoss);
const tempered = named(everyLogitLoss.filter((each) => each.tempered));

const ordinary: Batch = {
  student: [
    [1, 0.5, -0.5],
    [0.2, 1.4, 0.3],
    [-1.1, 0.4, 2.2],
  ],
  teacher: [
    [3, 1, -2],
    [-1, 2, 0.5],
    [0.3, -0.2, 1.7],
  ],
  labels: [0, 2, 1],
};

/** The same with logits up to ten thousand, as the authors' Fashion-MNIST teacher has. */
const huge: Batch = {
  student: [
    [1e4, -1e4, 0],
    [-7882, 12, 3],
    [5, 5, 5],
  ],
  teacher: [
    [-1e4, 1e4, 1],
    [7882, -300, 2],
    [-1e4, -1e4, -1e4],
  ],
  labels: [1, 0, 2],
};

const numbersOf = ({ value, gradient, byMetaparameter, mixed }: Evaluated): number[] => [
  value,
  ...gradient,
  ...Object.values(byMetaparameter),
  ...Object.values(mixed).flat(),
];

describe.each(all)('%s', (_, each) => {
  test.each([0.05, 0.1, 1, 10, 100, 1e4])(
    'is finite at T = %f for logits of 1 and of ten thousand',
    (temperature) => {
      for (const batch of [ordinary, huge, { ...huge, teacher: huge.student }]) {
        const numbers = numbersOf(evaluateLoss(each.loss, batch, metaparametersAt(each, temperature)));
        expect(numbers.every(Number.isFinite), `${numbers}`).toBe(true);
      }
    },
  );

  test('float32 agrees with float64', () => {
    expectAgreement(each, ordinary, 1);
  });
});

describe.each(tempered)('%s', (_, each) => {
  // Logits grow with the temperature, so that no probability is near 0 or 1 and no digit is lost but by rounding.
  test.each([0.05, 100, 1e4])(
    'float32 agrees with float64 at T = %f for logits of its size',
    (temperature) => {
      const scale = (rows: Batch['student']) => rows.map((row) => row.map((value) => value * temperature));
      const batch = { ...ordinary, student: scale(ordinary.student), teacher: scale(ordinary.teacher) };
      expectAgreement(each, batch, temperature);
    },
  );
});

// Logits near ten thousand, in float32, whose differences are of the temperature's size: what the quotients z/T keep
// of them is lost where the division comes before the shift. In the last row the label dominates all of it.
const crowded = (temperature: number): Batch => {
  const row = (base: number, values: readonly number[]) =>
    values.map((value) => Math.fround(base + temperature * value));
  const [first, second, third] = ordinary.student as [number[], number[], number[]];
  const [one, other, another] = ordinary.teacher as [number[], number[], number[]];
  const dominated = (values: readonly number[]) => [values[0]!, 1e4, values[2]!];
  return {
    student: [row(7882, first), row(-1e4, second), dominated(row(-7882, third))],
    teacher: [row(-7882, one), row(1e4, other), dominated(row(-1e4, another))],
    labels: ordinary.labels,
  };
};

describe.each(tempered)('%s', (_, each) => {
  test.each([0.05, 0.1, 1])(
    'float32 agrees with float64 at T = %f where logits are huge and their differences small',
    (temperature) => {
      expectAgreement(each, crowded(temperature), temperature);
    },
  );
});

function expectAgreement(each: ListedLogitLoss, batch: Batch, temperature: number): void {
  const { loss } = each;
  const metaparameters = metaparametersAt(each, temperature);
  const single = evaluateLoss(loss, batch, metaparameters);
  const double = inFloat64(() => evaluateLoss(loss, batch, metaparameters));
  expectClose('value', [single.value], [double.value], 0);
  expectClose('gradient', single.gradient, double.gradient, 0);
  for (const { label: name, value: at } of entriesOf(loss, metaparameters)) {
    // What vanishes because its terms cancel is compared with their size: the loss, or its gradient, over the metaparameter.
    const size = Math.abs(at);
    const value = Math.abs(double.value) / size;
    expectClose(
      `metaparameterGradient.${name}`,
      [single.byMetaparameter[name]!],
      [double.byMetaparameter[name]!],
      value,
    );
    const gradient = Math.hypot(...double.gradient) / size;
    expectClose(`mixedDerivatives.${name}`, single.mixed[name]!, double.mixed[name]!, gradient);
  }
}

function expectClose(
  what: string,
  got: readonly number[],
  expected: readonly number[],
  atLeast: number,
): void {
  const distance = Math.hypot(...got.map((value, i) => value - (expected[i] ?? Number.NaN)));
  expect(distance / Math.max(Math.hypot(...expected), atLeast), what).toBeLessThan(TOLERANCE);
}

test.each(['forwardKL', 'reverseKL', 'softCrossEntropy', 'jensenShannon'] as const)(
  '%s keeps its digits where a high temperature makes all probabilities equal',
  (divergence) => {
    const loss = distillation({ divergence, scaling: 'squared' });
    const single = evaluateLoss(loss, ordinary, { temperature: 1e4 });
    const double = inFloat64(() => evaluateLoss(loss, ordinary, { temperature: 1e4 }));
    // The value's series has no cancellation; the Jensen-Shannon one starts from logarithms near log 3, of which
    // differences of 1e-4 keep three digits. So do the gradient's differences of probabilities near 1/3.
    expect(relativeError([single.value], [double.value])).toBeLessThan(
      divergence === 'jensenShannon' ? 5e-3 : 1e-5,
    );
    expect(relativeError(single.gradient, double.gradient)).toBeLessThan(5e-3);
    // The two terms of the mixed derivative are near gradient/T each, and cancel.
    const difference = (single.mixed.temperature ?? []).map(
      (value, i) => value - (double.mixed.temperature?.[i] ?? 0),
    );
    expect(Math.hypot(...difference)).toBeLessThan(5e-3 * (Math.hypot(...double.gradient) / 1e4));
  },
);
