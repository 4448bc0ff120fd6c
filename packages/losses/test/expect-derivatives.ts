import { expect } from 'vitest';
import type { LogitLoss, Metaparameters } from '../src/types.js';
import { type Batch, type Evaluated, evaluateLoss } from './evaluate-loss.js';
import { inFloat64 } from './in-float64.js';

// The five-point difference is off by h⁴/30 times a fifth derivative, and by the value's rounding over h. At
// h = 1e-4 (of the metaparameter's size) both stay below 1e-9 for values to 100 and temperatures from 0.1.
const STEP = 1e-4;
const TOLERANCE = 1e-7;
/** Derivatives are compared to this absolute scale where they vanish. */
const FLOOR = 1e-2;

/** Computes `loss` in float64 and expects each closed form to be the difference quotient of the one before it. */
export function expectDerivatives<Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
): void {
  inFloat64(() => {
    const closed = evaluateLoss(loss, batch, metaparameters);
    const gradient = batch.student.flatMap((row, i) =>
      row.map((_, k) =>
        difference((shift) => {
          const student = batch.student.map((other, j) =>
            j === i ? other.map((value, l) => (l === k ? value + shift : value)) : other,
          );
          return [evaluateLoss(loss, { ...batch, student }, metaparameters).value];
        }, STEP),
      ),
    );
    expectClose('∂ℓ/∂z', closed.gradient, gradient.flat());

    for (const name of loss.metaparameters) {
      const value = metaparameters[name];
      const at = (read: (evaluated: Evaluated) => number[]) =>
        difference(
          (shift) => read(evaluateLoss(loss, batch, { ...metaparameters, [name]: value + shift })),
          STEP * Math.max(Math.abs(value), 0.01),
        );
      expectClose(
        `∂ℓ/∂${name}`,
        [closed.byMetaparameter[name] as number],
        at(({ value }) => [value]),
      );
      expectClose(
        `∂²ℓ/∂z∂${name}`,
        closed.mixed[name] as number[],
        at(({ gradient }) => gradient),
      );
    }
  });
}

/** [f(−2h) − 8f(−h) + 8f(h) − f(2h)] / 12h, entry by entry. */
function difference(f: (shift: number) => number[], h: number): number[] {
  const [a, b, c, d] = [f(-2 * h), f(-h), f(h), f(2 * h)] as [number[], number[], number[], number[]];
  return a.map((_, i) => {
    const at = (values: number[]) => values[i] as number;
    return (at(a) - 8 * at(b) + 8 * at(c) - at(d)) / (12 * h);
  });
}

function expectClose(what: string, got: readonly number[], expected: readonly number[]): void {
  expect(got.length, what).toBe(expected.length);
  const distance = Math.hypot(...got.map((value, i) => value - (expected[i] as number)));
  const relative = distance / Math.max(Math.hypot(...expected), FLOOR);
  expect(relative, `${what}: ${got} against ${expected}`).toBeLessThan(TOLERANCE);
}
