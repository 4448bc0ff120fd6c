import { inFloat64 } from '@metadistill/testing';
import { expect } from 'vitest';
import type { LogitLoss, Metaparameters } from '../src/types.js';
import { type Batch, type Evaluated, evaluateLoss, hessianProductOf } from './evaluate-loss.js';

const TOLERANCE = 1e-7;

/** How far apart the differences are taken, and on which scales derivatives are compared that vanish or nearly do. */
export interface Scales {
  /** Steps, as a share of the scales. */
  readonly step: number;
  /** Logits apart by it make other probabilities. */
  readonly logits: number;
  /** The same for a metaparameter of that value. */
  readonly metaparameter: (value: number) => number;
  /** The loss that logits make which are apart by their scale. */
  readonly loss: number;
  /** The relative rounding of the loss and its gradient. */
  readonly rounding: number;
}

// The five-point difference is off by h⁴/30 times a fifth derivative, and by rounding over h. With h = 1e-4 (of the
// metaparameter's size where it is not small) both stay below 1e-8 for logits to 5 and temperatures from 0.1, where
// the numbers that are rounded reach 100.
const ordinary: Scales = { step: 1e-4, logits: 1, metaparameter: () => 1, loss: 1, rounding: 0 };

/**
 * For logits of any size at temperature T, where probabilities depend on z/T alone: steps of T/400 are off by
 * (1/400)⁴/30 = 1e-12 times a fifth derivative, and z/T is rounded to 1e-15 of its size.
 *
 * @param power of T in front of the loss.
 * @param coldest the lowest temperature among the terms of the loss, by default T.
 */
export const scalesAt = (
  temperature: number,
  power: 0 | 2,
  largestLogit: number,
  coldest = temperature,
): Scales => ({
  step: 1 / 400,
  logits: coldest,
  metaparameter: (value) => value,
  loss: temperature ** power,
  rounding: 1e-15 * (1 + largestLogit / coldest),
});

/**
 * Computes `loss` in float64 and expects each closed form to be the difference quotient of the one before it: to 1e-7
 * of the derivative, or of a tenth of what the scales make of it.
 */
export function expectDerivatives<Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
  scales: Scales = ordinary,
): void {
  const logitStep = scales.step * scales.logits;
  const expectClose = (
    what: string,
    got: readonly number[],
    expected: readonly number[],
    unit: number,
    noise: number,
  ) => {
    expect(got.length, what).toBe(expected.length);
    const distance = Math.hypot(...got.map((value, i) => value - (expected[i] as number)));
    const size = Math.max(Math.hypot(...expected), 0.1 * unit);
    expect(distance - noise, `${what}: ${got} against ${expected}`).toBeLessThan(TOLERANCE * size);
  };
  inFloat64(() => {
    const closed = evaluateLoss(loss, batch, metaparameters);
    // Two values a step apart, each rounded.
    const valueNoise = 2 * scales.rounding * (scales.loss + Math.abs(closed.value));
    const gradientNoise = (2 * scales.rounding * scales.loss) / scales.logits;
    for (const direction of directions(batch)) {
      const along = difference((shift) => {
        const student = batch.student.map((row, i) =>
          row.map((value, k) => value + shift * (direction[i]?.[k] as number)),
        );
        const { value, gradient } = evaluateLoss(loss, { ...batch, student }, metaparameters);
        return [value, ...gradient];
      }, logitStep);
      const slopes = direction.flat().map((entry, i) => entry * (closed.gradient[i] as number));
      const slope = slopes.reduce((total, each) => total + each, 0);
      const unit = scales.loss / scales.logits;
      expectClose('∂ℓ/∂z along a direction', [slope], along.slice(0, 1), unit, valueNoise / logitStep);
      expectClose(
        '∂²ℓ/∂z² along a direction',
        hessianProductOf(loss, batch, metaparameters, direction),
        along.slice(1),
        unit / scales.logits,
        gradientNoise / logitStep,
      );
    }

    for (const name of loss.metaparameters) {
      const value = metaparameters[name];
      const scale = scales.metaparameter(value);
      const step = scales.step * Math.max(Math.abs(value), 0.01);
      const at = (read: (evaluated: Evaluated) => number[]) =>
        difference(
          (shift) => read(evaluateLoss(loss, batch, { ...metaparameters, [name]: value + shift })),
          step,
        );
      expectClose(
        `∂ℓ/∂${name}`,
        [closed.byMetaparameter[name] as number],
        at(({ value }) => [value]),
        scales.loss / scale,
        valueNoise / step,
      );
      expectClose(
        `∂²ℓ/∂z∂${name}`,
        closed.mixed[name] as number[],
        at(({ gradient }) => gradient),
        scales.loss / (scales.logits * scale),
        gradientNoise / step,
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
