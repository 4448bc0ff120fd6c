import {
  add,
  mul,
  type Rank,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTeacherLogits, checkTemperature } from '../check-inputs.js';
import { type Scaling, type TemperatureFactor, temperatureFactorOf } from '../scaling/temperature-factor.js';
import { soften } from '../softmax/soften.js';
import type { LogitLoss, Targets } from '../types.js';
import type { Divergence } from './types.js';

/** Above it a KL value that is summed directly keeps fewer than five digits in float32. */
export const FLAT = 8;

/**
 * A divergence between softened logits as a loss: (c(T)/B) D(z/T, t/T), c = 1, T² or another factor by `scaling`, B the
 * batch.
 *
 * With d_u, d_v the divergence's derivatives and k = T c'/c, the power of T that c is:
 * ∂/∂z = (c/TB) d_u; ∂/∂T = (c/TB) [k D − Σ d_u u − Σ d_v v];
 * ∂²/∂z∂T = (c/T²B) [(k − 1) d_u − change of d_u along (u, v)];
 * (∂²/∂z²) ż = (c/T²B) (change of d_u along ż).
 *
 * Has `exampleLosses`, which only make sense if every example has its own divergence.
 *
 * @param prepare divides logits by T and adds a constant to each row; by default `soften`.
 */
export function divergenceLoss(
  caller: string,
  name: string,
  divergence: Divergence,
  scaling: Scaling | TemperatureFactor,
  prepare: (logits: Tensor2D, temperature: number, labels: Tensor1D) => Tensor2D = soften,
): LogitLoss<'temperature'> {
  const { factor, slope } = temperatureFactorOf(caller, scaling);

  const at = (studentLogits: Tensor2D, targets: Targets, temperature: number) => {
    checkTemperature(caller, temperature);
    checkLogitsAndLabels(caller, studentLogits, targets);
    const teacherLogits = checkTeacherLogits(caller, studentLogits, targets);
    const u = prepare(studentLogits, temperature, targets.labels);
    const v = prepare(teacherLogits, temperature, targets.labels);
    return { u, v, between: divergence(u, v, targets.labels, temperature > FLAT) };
  };

  return {
    name,
    metaparameters: ['temperature'],
    needsTeacher: true,
    valueAndGradient: (studentLogits, targets, { temperature }) =>
      tidy(() => {
        const { between } = at(studentLogits, targets, temperature);
        const scale = factor(temperature) / studentLogits.shape[0];
        return {
          value: mul<Scalar>(sum(between.value()), scale),
          gradient: mul<Tensor2D>(between.studentGradient(), scale / temperature),
        };
      }),
    metaparameterGradient: (studentLogits, targets, { temperature }, exampleWeights) =>
      tidy(() => {
        const { u, v, between } = at(studentLogits, targets, temperature);
        const total = (x: Tensor) => sum(exampleWeights ? mul(sum(x, 1), exampleWeights) : x);
        const inward = total(add(mul(between.studentGradient(), u), mul(between.teacherGradient(), v)));
        const power = (temperature * slope(temperature)) / factor(temperature);
        const inside = power === 0 ? inward : sub(inward, mul(total(between.value()), power));
        const scale = exampleWeights ? 1 : 1 / studentLogits.shape[0];
        return { temperature: mul<Scalar>(inside, (-factor(temperature) / temperature) * scale) };
      }),
    mixedDerivatives: (studentLogits, targets, { temperature }) =>
      tidy(() => {
        const { u, v, between } = at(studentLogits, targets, temperature);
        const gradient = between.studentGradient();
        const power = (temperature * slope(temperature)) / factor(temperature);
        const signed = power === 0 ? gradient : mul(gradient, 1 - power);
        const inside = add(signed, between.studentGradientChange(u, v));
        return {
          temperature: mul<Tensor2D>(
            inside,
            -factor(temperature) / temperature ** 2 / studentLogits.shape[0],
          ),
        };
      }),
    exampleLosses: (studentLogits, targets, { temperature }) =>
      tidy(() => {
        const { between } = at(studentLogits, targets, temperature);
        return reshape<Rank.R1>(mul(between.value(), factor(temperature)), [-1]);
      }),
    hessianProduct: (studentLogits, targets, { temperature }, tangent) =>
      tidy(() => {
        const { between } = at(studentLogits, targets, temperature);
        const scale = factor(temperature) / temperature ** 2 / studentLogits.shape[0];
        return mul<Tensor2D>(between.studentGradientChange(tangent), scale);
      }),
  };
}
