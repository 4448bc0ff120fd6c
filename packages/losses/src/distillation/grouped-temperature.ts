import { checkOptions } from '@metadistill/options';
import {
  add,
  gather,
  mul,
  pow,
  type Rank,
  reshape,
  type Scalar,
  slice,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTeacherLogits, checkTemperature } from '../check-inputs.js';
import { powerOf } from '../divergences/divergence-loss.js';
import type { Scaling } from '../softmax/fused-kernels.js';
import { labelRows, soften } from '../softmax/soften.js';
import type { LogitLoss, Metaparameters, Targets } from '../types.js';
import { type DivergenceName, divergenceNamed } from './distillation.js';

export interface GroupedTemperatureOptions {
  readonly divergence?: DivergenceName;
  readonly scaling: Scaling;
  /** What an example's group is: its `label` (a temperature per class) or `targets.groups` (per sample, say). */
  readonly by: 'label' | 'group';
  /** How many groups there are: the metaparameters are `temperature[0]` to `temperature[count − 1]`. */
  readonly count: number;
}

/** One temperature of a group. */
export type GroupTemperature = `temperature[${number}]`;

/**
 * Distillation in which each group of examples has a temperature of its own, T_b = `temperature[g_b]`:
 * (1/B) Σ_b T_b^k D(softmax(z_b/T_b), softmax(t_b/T_b)).
 *
 * A row's derivatives depend on its own temperature alone, so that one pass gives those of all groups, and each
 * group's mixed derivative is the rows of it that belong to the group. All of them share one product Jv.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if the count is not an integer of at least 1; on use, if a temperature is not above 0 or
 * there are more labels than temperatures. Groups must lie in 0 <= group < count; they are on the device, unchecked.
 * @see Li, Li, Yang, Zhao et al. (2023), Curriculum temperature for knowledge distillation, whose temperatures are
 * global or of an instance.
 */
export function groupedTemperature(options: GroupedTemperatureOptions): LogitLoss<GroupTemperature> {
  checkOptions('groupedTemperature', options, { divergence: true, scaling: true, by: true, count: true });
  const { divergence = 'forwardKL', scaling, by, count } = options;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`groupedTemperature: count is ${count}; expected an integer of at least 1.`);
  }
  const compare = divergenceNamed(divergence);
  const power = powerOf('groupedTemperature', scaling);
  const names = Array.from({ length: count }, (_, group): GroupTemperature => `temperature[${group}]`);

  const prepare = (
    studentLogits: Tensor2D,
    targets: Targets,
    metaparameters: Metaparameters<GroupTemperature>,
  ) => {
    checkLogitsAndLabels('groupedTemperature', studentLogits, targets);
    const teacherLogits = checkTeacherLogits('groupedTemperature', studentLogits, targets);
    const values = names.map((name) => metaparameters[name] ?? Number.NaN);
    for (const value of values) checkTemperature('groupedTemperature', value);
    const groups = groupsOf(studentLogits, targets, by, count);
    const temperatures = reshape<Rank.R2>(gather(tensor1d(values), groups), [-1, 1]);
    const u = soften(studentLogits, temperatures);
    const v = soften(teacherLogits, temperatures);
    const members = labelRows(groups, Math.max(count, 2), 1 / studentLogits.shape[0]);
    /** T_b^n/B by rows. */
    const scale = (exponent: number) =>
      mul<Tensor2D>(pow(temperatures, exponent), 1 / studentLogits.shape[0]);
    return { u, v, between: compare(u, v, targets.labels, true), temperatures, members, scale };
  };

  return {
    name: `groupedTemperature(${divergence}, scaling=${scaling}, by=${by})`,
    metaparameters: names,
    needsTeacher: true,
    valueAndGradient: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const { between, scale } = prepare(studentLogits, targets, metaparameters);
        return {
          value: sum<Scalar>(mul(between.value(), scale(power))),
          gradient: mul<Tensor2D>(between.studentGradient(), scale(power - 1)),
        };
      }),
    metaparameterGradient: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const { u, v, between, temperatures, members } = prepare(studentLogits, targets, metaparameters);
        const inward = add(mul(between.studentGradient(), u), mul(between.teacherGradient(), v));
        const inside = sub(mul(between.value(), power), sum(inward, 1, true));
        const rows = mul(inside, pow(temperatures, power - 1));
        return byGroup(names, members, (member) => sum<Scalar>(mul(rows, member)));
      }),
    mixedDerivatives: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const { u, v, between, temperatures, members } = prepare(studentLogits, targets, metaparameters);
        const radial = between.studentGradientChange(u, v);
        const inside = sub(mul(between.studentGradient(), power - 1), radial);
        const rows = mul(inside, pow(temperatures, power - 2));
        return byGroup(names, members, (member) => mul<Tensor2D>(rows, member));
      }),
    hessianProduct: (studentLogits, targets, metaparameters, tangent) =>
      tidy(() => {
        const { between, scale } = prepare(studentLogits, targets, metaparameters);
        return mul<Tensor2D>(between.studentGradientChange(tangent), scale(power - 2));
      }),
  };
}

function groupsOf(
  studentLogits: Tensor2D,
  { labels, groups }: Targets,
  by: 'label' | 'group',
  count: number,
): Tensor1D {
  const classes = studentLogits.shape[1];
  if (by === 'label' && count < classes) {
    throw new RangeError(
      `groupedTemperature: count is ${count}; expected at least ${classes}, a temperature for each class.`,
    );
  }
  if (by === 'label') return labels;
  if (groups === undefined || groups.dtype !== 'int32' || groups.shape[0] !== studentLogits.shape[0]) {
    throw new TypeError(
      `groupedTemperature: targets.groups is ${groups === undefined ? 'undefined' : `${groups.dtype} [${groups.shape}]`}; ` +
        `expected int32 [${studentLogits.shape[0]}], the group of each example.`,
    );
  }
  return groups;
}

/** `members` is `[batch, groups]` with 1/B if an example belongs to a group. */
function byGroup<T>(
  names: readonly GroupTemperature[],
  members: Tensor2D,
  derivative: (member: Tensor2D) => T,
): Record<GroupTemperature, T> {
  const entries = names.map((name, group) => {
    const member = slice(members, [0, group], [-1, 1]);
    return [name, derivative(member)] as const;
  });
  return Object.fromEntries(entries) as Record<GroupTemperature, T>;
}
