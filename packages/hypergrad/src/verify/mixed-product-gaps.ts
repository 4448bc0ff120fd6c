import { dotTensors, normTensors, type Tensors } from '@metadistill/models';
import { mul, type Scalar, sum, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { readScalars } from '../read-scalars.js';
import type { MetaparameterLayout } from '../space/layout.js';
import type { BilevelProblem, InnerPoint } from '../types.js';
import { gradientChange } from './gradient-change.js';
import { probeDirection } from './probe-direction.js';
import type { Probe } from './probes.js';

/**
 * How far products ⟨u, ∂²L/∂w∂λ · d⟩ are from ⟨u, D⟩, D the central difference of ∇_w L along a direction d in λ: what can
 * be said of arrays, whose mixed derivatives are known by such products alone.
 *
 * For u = D both are ‖D‖², without cancellation. A u without pattern sees what is at right angles to D as well: of an error
 * e in n weights it sees ‖u‖ ‖e‖/√n on average, so that √n times the gap is the relative error.
 */
export async function mixedProductGaps<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  { weights, metaparameters }: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
  layout: MetaparameterLayout<Name>,
  probes: readonly Probe[],
): Promise<number[]> {
  const size = weights.parameters.reduce((total, parameter) => total + parameter.size, 0);
  const start = layout.flatten(metaparameters);
  const products = tidy(() => {
    const training = problem.training(weights, trainingBatch);
    const aside = probeDirection(weights.parameters);
    return probes.map(({ direction, reach }) => {
      const along = tensor1d([...direction]);
      const product = (u: Tensors): Scalar =>
        sum(mul(training.mixedProduct?.(metaparameters, u) as Tensor1D, along));
      const change = gradientChange(
        (step) =>
          training.valueAndGradient(layout.unflatten(start.map((value, j) => value + step * direction[j]!)))
            .gradient,
        reach / 8,
      );
      return {
        changeNorm: normTensors(change),
        ahead: product(change),
        asideNorm: normTensors(aside),
        asideProduct: product(aside),
        asideDifference: dotTensors(aside, change),
      };
    });
  });
  const read = await Promise.all(products.map(readScalars));
  return read.map(({ changeNorm, ahead, asideNorm, asideProduct, asideDifference }) => {
    const gaps = [
      [Math.abs(ahead - changeNorm ** 2), Math.max(Math.abs(ahead), changeNorm ** 2)],
      [Math.sqrt(size) * Math.abs(asideProduct - asideDifference), asideNorm * changeNorm],
    ] as const;
    return Math.max(...gaps.map(([apart, whole]) => (apart === 0 ? 0 : apart / whole)));
  });
}
