import { inFloat64 } from '@metadistill/testing';
import { expect } from 'vitest';
import type { LogitLoss, Metaparameters } from '../src/types.js';
import { type Batch, type Evaluated, evaluateLoss } from './evaluate-loss.js';

// The five-point difference is off by h⁴/30 times a fifth derivative, and by rounding over h. With h = 1e-4 (of the
// metaparameter's size where it is not small) both stay below 1e-8 for logits to 5 and temperatures from 0.1, where
// the numbers that are rounded reach 100. Derivatives that vanish are therefore compared on a scale of 0.1.
const STEP = 1e-4;
const TOLERANCE = 1e-7;
const FLOOR = 0.1;

/** Computes `loss` in float64 and expects each closed form to be the difference quotient of the one before it. */
export function expectDerivatives<Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
): void {
  inFloat64(() => {
    const closed = evaluateLoss(loss, batch, metaparameters);
    for (const direction of directions(batch)) {
      const along = difference((shift) => {
        const student = batch.student.map((row, i) =>
          row.map((value, k) => value + shift * (direction[i]?.[k] as number)),
        );
        return [evaluateLoss(loss, { ...batch, student }, metaparameters).value];
      }, STEP);
      const slopes = direction.flat().map((entry, i) => entry * (closed.gradient[i] as number));
      expectClose('∂ℓ/∂z along a direction', [slopes.reduce((total, slope) => total + slope, 0)], along);
    }

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

/** Three directions in the logits that no loss has a reason to be aligned with. */
const directions = ({ student }: Batch): number[][][] =>
  [1, 2, 3].map((j) => student.map((row, i) => row.map((_, k) => Math.sin(1 + j * (2.3 * i + 1.7 * k + j)))));

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
