import { checkOptions } from '@metadistill/options';
import {
  add,
  gather,
  mul,
  pow,
  type Rank,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkArray } from '../arrays/array-names.js';
import { groupsBy } from '../arrays/groups-of.js';
import { sumByGroup } from '../arrays/sum-by-group.js';
import { uploaded } from '../arrays/uploaded.js';
import { checkCount, checkLogitsAndLabels, checkTeacherLogits, checkTemperature } from '../check-inputs.js';
import { FLAT } from '../divergences/divergence-loss.js';
import { powerOf, type Scaling } from '../scaling/temperature-factor.js';
import { soften } from '../softmax/soften.js';
import type { LogitLoss, Metaparameters, Targets } from '../types.js';
import { type DivergenceName, divergenceNamed } from './distillation.js';

export interface GroupedTemperatureOptions {
  readonly divergence?: DivergenceName;
  readonly scaling: Scaling;
  /** What an example's group is: its `label` (a temperature per class) or `targets.groups` (per sample, say). */
  readonly by: 'label' | 'group';
  /** How many groups, and so temperatures, there are. */
  readonly count: number;
}

/**
 * Distillation in which each group of examples has a temperature of its own, T_b = `temperature[]` at g_b:
 * (1/B) Σ_b T_b^k D(softmax(z_b/T_b), softmax(t_b/T_b)).
 *
 * `temperature[]` is an array of shape `[count]`. A row's derivatives depend on its own temperature alone, so that one
 * pass gives those of all groups, each the sum over the rows of its group, in a time that hardly depends on the count.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if the count is not an integer of at least 1; on use, if the temperatures are not count numbers
 * above 0 or there are more labels than temperatures; on cpu and wasm RangeError if a group is not in 0 <= group < count. Other
 * backends do not look at groups, which are on the device.
 * @see Li, Li, Yang, Zhao et al. (2023), Curriculum temperature for knowledge distillation, whose temperatures are
 * global or of an instance.
 */
export function groupedTemperature(options: GroupedTemperatureOptions): LogitLoss<'temperature[]'> {
  checkOptions('groupedTemperature', options, { divergence: true, scaling: true, by: true, count: true });
  const { divergence = 'forwardKL', scaling, by, count } = options;
  checkCount('groupedTemperature', 'count', count);
  const compare = divergenceNamed('groupedTemperature', divergence);
  const power = powerOf('groupedTemperature', scaling);

  const prepare = (
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<'temperature[]'>,
  ) => {
    checkLogitsAndLabels('groupedTemperature', studentLogits, targets);
    const teacherLogits = checkTeacherLogits('groupedTemperature', studentLogits, targets);
    const groups = groupsBy(by, 'groupedTemperature', studentLogits, targets, count);
    const values = checkArray('groupedTemperature', 'temperature[]', metaparameters['temperature[]'], count);
    let hottest = 0;
    for (let i = 0; i < count; i++) {
      const value = values[i] as number;
      if (!(value > 0)) checkTemperature('groupedTemperature', value, `temperature[][${i}]`);
      if (value > hottest) hottest = value;
    }
    const temperatures = reshape<Rank.R2>(gather(uploaded<Rank.R1>(values, [count]), groups), [-1, 1]);
    const u = soften(studentLogits, temperatures);
    const v = soften(teacherLogits, temperatures);
    /** T_b^n weight_b by rows, 1/B by default. */
    const scale = (exponent: number, weights: number | Tensor2D = 1 / studentLogits.shape[0]) =>
      mul<Tensor2D>(pow(temperatures, exponent), weights);
    return { u, v, between: compare(u, v, targets.labels, hottest > FLAT), groups, scale };
  };

  return {
    name: `groupedTemperature(${divergence}, scaling=${scaling}, by=${by})`,
    metaparameters: ['temperature[]'],
    shapes: { 'temperature[]': [count] },
    needsTeacher: true,
    valueAndGradient: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const { between, scale } = prepare(studentLogits, targets, metaparameters);
        return {
          value: sum<Scalar>(mul(between.value(), scale(power))),
          gradient: mul<Tensor2D>(between.studentGradient(), scale(power - 1)),
        };
      }),
    metaparameterGradient: (studentLogits, targets, metaparameters, exampleWeights) =>
      tidy(() => {
        const { u, v, between, groups, scale } = prepare(studentLogits, targets, metaparameters);
        const inward = add(mul(between.studentGradient(), u), mul(between.teacherGradient(), v));
        // 0 times an infinite divergence is NaN.
        const inside = sub(power === 0 ? 0 : mul(between.value(), power), sum(inward, 1, true));
        const weights = exampleWeights && reshape<Rank.R2>(exampleWeights, [-1, 1]);
        const rows = reshape<Rank.R1>(mul(inside, scale(power - 1, weights)), [-1]);
        return { 'temperature[]': sumByGroup(rows, groups, count) };
      }),
    mixedDerivatives: () => ({}),
    mixedProduct: (studentLogits, targets, metaparameters, tangent) =>
      tidy(() => {
        const { u, v, between, groups, scale } = prepare(studentLogits, targets, metaparameters);
        const radial = between.studentGradientChange(u, v);
        const inside = sub(mul(between.studentGradient(), power - 1), radial);
        const along = sum(mul(inside, tangent), 1, true);
        const rows = reshape<Rank.R1>(mul(along, scale(power - 2)), [-1]);
        return { 'temperature[]': sumByGroup(rows, groups, count) };
      }),
    exampleLosses: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const { between, scale } = prepare(studentLogits, targets, metaparameters);
        return reshape<Rank.R1>(mul(between.value(), scale(power, 1)), [-1]);
      }),
    hessianProduct: (studentLogits, targets, metaparameters, tangent) =>
      tidy(() => {
        const { between, scale } = prepare(studentLogits, targets, metaparameters);
        return mul<Tensor2D>(between.studentGradientChange(tangent), scale(power - 2));
      }),
  };
}
