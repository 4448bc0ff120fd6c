import { inFloat64 } from '@metadistill/testing';
import { expect } from 'vitest';
import type { LogitLoss, Metaparameters } from '../src/types.js';
import { entriesOf } from './entries.js';
import {
  type Batch,
  evaluateLoss,
  hessianProductOf,
  mixedProductOf,
  valueAndGradientOf,
} from './evaluate-loss.js';

const TOLERANCE = 1e-7;

/** On which scales a loss changes: what steps, rounding and derivatives that nearly vanish are measured by. */
export interface Scales {
  /** Steps of the differences, as a share of the scales. */
  readonly step: number;
  /** A move of the logits by as much changes the loss by its own size: T for a loss of z/T. */
  readonly logits: number;
  /** The same for a metaparameter. */
  readonly metaparameter: (name: string, value: number) => number;
  /** The size of the loss. */
  readonly loss: number;
  /** Rounding of the loss in units of its size, and of the logits in units of their scale. */
  readonly rounding: number;
}

/** Rounding of float64, 1.1e-16, through some ten operations. */
export const ROUNDING = 1e-15;

/** For logits to 5 and temperatures from 0.1, which make quotients to 50. */
const ordinary: Scales = {
  step: 1e-4,
  logits: 1,
  metaparameter: (_, value) => Math.max(Math.abs(value), 0.01),
  loss: 1,
  rounding: 50 * ROUNDING,
};

/**
 * Computes `loss` in float64 and expects each closed form to be the difference of the one before it.
 *
 * A difference is off by two errors, both bounded here:
 *
 * - Truncation. The six-point difference is off by h⁶/79 times a seventh derivative. A function that is analytic within ρ
 *   of the point has a seventh derivative of at most 7!/ρ⁶ times the first's size there: 64 (h/ρ)⁶, relatively. Steps of
 *   1/200 of ρ make it 1e-12; 1e-8 where ρ is five times smaller than the scale says. That is TOLERANCE.
 * - Cancellation. f(z + h) and f(z − h) are each off by the rounding of f and of what z is rounded by, times f': divided
 *   by h, `noise`. At |z| = 1e4 and T = 0.05 z/T is rounded to 1e-10 of its unit, which is more than TOLERANCE leaves.
 *
 * Gradients come before what is made of them: a wrong gradient fails as that, not as a wrong curvature.
 */
export function expectDerivatives<Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
  scales: Scales = ordinary,
): void {
  inFloat64(() => {
    const closed = evaluateLoss(loss, batch, metaparameters);
    const size = { value: scales.loss, gradient: scales.loss / scales.logits };
    const magnitude = { value: Math.abs(closed.value), gradient: Math.hypot(...closed.gradient) };

    /** Compares `got` with the difference of the value or the gradient over steps of a share of `scale`. */
    const expectDifference = (
      what: string,
      of: 'value' | 'gradient',
      got: readonly number[],
      difference: Difference,
      scale: number,
    ) => {
      const expected = difference[of];
      expect(got.length, `${what} of ${loss.name}: its number of entries`).toBe(expected.length);
      const length = Math.hypot(...expected);
      const rounding = 2 * scales.rounding * (size[of] + magnitude[of] + scale * length);
      const noise = rounding / (scales.step * scale);
      const tolerance = TOLERANCE * Math.max(length, (0.1 * size[of]) / scale) + noise;
      const distance = Math.hypot(...got.map((value, i) => value - expected[i]!));
      expect(
        distance,
        `${what} of ${loss.name} is ${show(got)}, and the difference of its ${of} is ${show(expected)}: distance`,
      ).toBeLessThanOrEqual(tolerance);
    };

    const along = directions(batch).map((direction) => ({
      direction,
      difference: differenceOf((shift) => {
        const student = batch.student.map((row, i) =>
          row.map((value, k) => value + shift * direction[i]![k]!),
        );
        return valueAndGradientOf(loss, { ...batch, student }, metaparameters);
      }, scales.step * scales.logits),
    }));
    for (const { direction, difference } of along) {
      const slope = innerProduct(closed.gradient, direction.flat());
      expectDifference('gradient by the logits', 'value', [slope], difference, scales.logits);
    }

    const byEach = entriesOf(loss, metaparameters).map(({ label, value, movedBy }) => {
      const scale = scales.metaparameter(label, value);
      const difference = differenceOf(
        (shift) => valueAndGradientOf(loss, batch, movedBy(shift)),
        scales.step * scale,
      );
      return { name: label, scale, difference };
    });
    for (const { name, scale, difference } of byEach) {
      const slope = closed.byMetaparameter[name]!;
      expectDifference(`metaparameterGradient.${name}`, 'value', [slope], difference, scale);
    }
    for (const { name, scale, difference } of byEach) {
      expectDifference(`mixedDerivatives.${name}`, 'gradient', closed.mixed[name]!, difference, scale);
    }

    if (loss.mixedProduct) {
      for (const { direction } of along) {
        const products = mixedProductOf(loss, batch, metaparameters, direction);
        for (const { name, scale } of byEach) {
          const expected = innerProduct(closed.mixed[name]!, direction.flat());
          // Both are sums of the same numbers, off by rounding alone: that of a difference is more than theirs.
          const exact = { value: [expected], gradient: [] };
          expectDifference(`mixedProduct.${name}`, 'value', [products[name]!], exact, scale);
        }
      }
    }

    for (const { direction, difference } of along) {
      const product = hessianProductOf(loss, batch, metaparameters, direction);
      expectDifference('hessianProduct (curvature)', 'gradient', product, difference, scales.logits);
    }
  });
}

const innerProduct = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Two directions in the logits that no loss has a reason to be aligned with; entries in [−1, 1]. */
const directions = ({ student }: Batch): number[][][] =>
  [1, 2].map((j) => student.map((row, i) => row.map((_, k) => Math.sin(1 + j * (2.3 * i + 1.7 * k + j)))));

interface Difference {
  readonly value: number[];
  readonly gradient: number[];
}

/**
 * The five-point differences over h and 2h, extrapolated: (16 D(h) − D(2h))/15 with
 * D(h) = [f(−2h) − 8f(−h) + 8f(h) − f(2h)]/12h.
 */
function differenceOf(
  f: (shift: number) => { readonly value: number; readonly gradient: readonly number[] },
  h: number,
): Difference {
  const points = ([1, 2, 4] as const).map((n) => [f(n * h), f(-n * h)] as const);
  const combine = (read: (at: ReturnType<typeof f>) => number) => {
    const [one, two, four] = points.map(([above, below]) => read(above) - read(below)) as [
      number,
      number,
      number,
    ];
    const [narrow, wide] = [(8 * one - two) / (12 * h), (8 * two - four) / (24 * h)];
    return (16 * narrow - wide) / 15;
  };
  const entries = points[0]![0].gradient;
  return {
    value: [combine(({ value }) => value)],
    gradient: entries.map((_, i) => combine(({ gradient }) => gradient[i]!)),
  };
}

const show = (numbers: readonly number[]): string =>
  `[${numbers.map((value) => value.toPrecision(9)).join(', ')}]`;

/** Checks that a calibrated loss and its derivatives are finite for gigantic logits, in all rows or in one, and for equal ones. */
export function expectFiniteAtAnySize(loss: LogitLoss): void {
  const tangent = [
    [1, 0.5, -2],
    [0, 3, 1],
    [1, -1, 2],
  ];
  const rows = [
    [1, 0, -1],
    [0.3, 0.5, 1],
    [2, 1, 0],
  ];
  for (const size of [1e20, 1e30, 1e37]) {
    const students = [
      rows.map((row) => row.map((z) => z * size)),
      rows.map((row, i) => (i === 0 ? row.map((z) => z * size) : row)),
      rows.map((row) => row.map(() => size)),
    ];
    for (const student of students) {
      const given = { student, teacher: student, labels: [0, 1, 0] };
      const { value, gradient } = evaluateLoss(loss, given, {});
      const numbers = [value, ...gradient, ...hessianProductOf(loss, given, {}, tangent)];
      // At τ = 0.02, (tangent/τ²)/batch is 5,000 at most; the value is in units of the logits.
      expect(numbers.slice(1).every((each) => Math.abs(each) < 1e4)).toBe(true);
      expect(Number.isFinite(value)).toBe(true);
    }
  }
}
