import { addScaled, scaleTensors, type Tensors } from '@metadistill/models';

/** How a gradient changes per unit of step: its central difference over h, extrapolated with that over 2h. */
export function gradientChange(gradientAt: (step: number) => Tensors, h: number): Tensors {
  // [8 (g(h) − g(−h)) − (g(2h) − g(−2h))] / 12h
  const fine = addScaled(gradientAt(h), gradientAt(-h), -1);
  const coarse = addScaled(gradientAt(2 * h), gradientAt(-2 * h), -1);
  return scaleTensors(addScaled(fine, coarse, -1 / 8), 8 / (12 * h));
}
