import { checkOptions, describeValue } from '@metadistill/options';
import {
  add,
  argMax,
  fill,
  gather,
  mul,
  neg,
  type Rank,
  reshape,
  type Scalar,
  slice,
  softmax,
  split,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { checkArray } from '../arrays/array-names.js';
import { averaged } from '../arrays/averaged.js';
import { groupsOf } from '../arrays/groups-of.js';
import { sumByGroup } from '../arrays/sum-by-group.js';
import { uploaded } from '../arrays/uploaded.js';
import { checkCount, checkLogitsAndLabels, checkTeachers, checkTemperature } from '../check-inputs.js';
import { labelRows, type Softmax, soften, softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import type { LogitLoss, Metaparameters, ScalarName, Shapes, Targets } from '../types.js';

/** The metaparameters of `trustMix`: temperatures too if the teachers have their own. */
export type TrustMixMetaparameter<Temperatures extends 'shared' | 'own' = 'shared'> =
  | 'trust[]'
  | (Temperatures extends 'own' ? 'teacherTemperature[]' : never);

export interface TrustMixOptions<Temperatures extends 'shared' | 'own' = 'shared'> {
  /** How many teachers there are beside the labels, at least one. */
  readonly teachers: number;
  /**
   * What the trust in an expert depends on: the class that it says (`answer`, the default: a label's class, a teacher's
   * first choice), the group of the example in `targets.groups` (`group`), or nothing (`expert`).
   */
  readonly by?: 'answer' | 'group' | 'expert';
  /** How many classes or groups there are; 1, and left out, by `expert`. */
  readonly count?: number;
  /** T > 0, of the student and, if it is shared, of all teachers. Default 5. */
  readonly temperature?: number;
  /**
   * Whether the answers of all teachers are softened by T (`shared`, the default) or each by a temperature of its own
   * (`own`): the array `teacherTemperature[]`, which `withFixed` holds constant if you do not tune it.
   */
  readonly teacherTemperatures?: Temperatures;
}

/**
 * Several sources of targets, each trusted by how right it turns out to be: (1/B) Σ_b Σ_e α_e(b) T ℓ_e(b).
 *
 * Experts e are the labels (e = 0) and the teachers. ℓ_e is the cross-entropy with the labels or the KL divergence from the
 * teacher's p_e = softmax(t_e/T_e), of softmax(z/T); T_e is T, or `teacherTemperature[]` `[teachers]`. α(b) is the softmax over experts of the dials A[e, q_e(b)], `trust[]` `[1 + teachers, count]`,
 * q_e(b) being the class that the expert says of b, or b's group. With the targets p_e,
 *
 *     ∂/∂z = (softmax(z/T) − Σ_e α_e p_e) / B,   ⟨∂²/∂z∂A[e, q], ż⟩ = −(1/B) Σ_{b in q} α_e ⟨p_e − Σ_k α_k p_k, ż⟩.
 *
 * The length of a step does not depend on T. With ṗ_e = ∂p_e/∂T_e = −J_{p_e}(t_e/T_e)/T_e, a teacher's temperature has
 * ∂/∂T_e = (T/B) Σ_b α_e ⟨ṗ_e, log p_e − log softmax(z/T)⟩ and ⟨∂²/∂z∂T_e, ż⟩ = −(1/B) Σ_b α_e ⟨ṗ_e, ż⟩. One product with J
 * serves all dials.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if a count is no integer of at least 1, the temperature not above 0 or an option none of its values,
 *   TypeError if an option is unknown; on use, TypeError or RangeError if logits, teachers, groups or dials do not fit or a
 *   temperature is not above 0.
 * @see Jacobs, Jordan, Nowlan, Hinton (1991), Adaptive mixtures of local experts, for trust by a softmax of gates.
 */
export function trustMix<Temperatures extends 'shared' | 'own' = 'shared'>(
  options: TrustMixOptions<Temperatures>,
): LogitLoss<TrustMixMetaparameter<Temperatures>> {
  type Name = TrustMixMetaparameter<Temperatures>;
  checkOptions<typeof options>('trustMix', options, {
    teachers: true,
    by: true,
    count: true,
    temperature: true,
    teacherTemperatures: true,
  });
  const { teachers, by = 'answer', count = by === 'expert' ? 1 : undefined, temperature = 5 } = options;
  const { teacherTemperatures = 'shared' } = options;
  checkCount('trustMix', 'teachers', teachers);
  checkCount('trustMix', 'count', count);
  checkTemperature('trustMix', temperature);
  if (!['answer', 'group', 'expert'].includes(by)) {
    throw new RangeError(`trustMix: by is ${describeValue(by)}; expected 'answer', 'group' or 'expert'.`);
  }
  if (teacherTemperatures !== 'shared' && teacherTemperatures !== 'own') {
    throw new RangeError(
      `trustMix: teacherTemperatures is ${describeValue(teacherTemperatures)}; expected 'shared' or 'own'. Their values go ` +
        "to the metaparameter teacherTemperature[] of 'own'.",
    );
  }
  const own = teacherTemperatures === 'own';
  const shape: [number, number] = [1 + teachers, count];

  const temperaturesAt = (metaparameters: Metaparameters): readonly number[] => {
    if (!own) return Array(teachers).fill(temperature);
    const name = 'teacherTemperature[]';
    const values = checkArray('trustMix', name, metaparameters[name], teachers);
    for (const [e, value] of values.entries()) checkTemperature('trustMix', value, `${name}[${e}]`);
    return values;
  };

  const prepare = (studentLogits: Tensor2D, targets: Targets, metaparameters: Metaparameters) => {
    checkLogitsAndLabels('trustMix', studentLogits, targets);
    const given = checkTeachers('trustMix', studentLogits, targets, teachers);
    const values = checkArray('trustMix', 'trust[]', metaparameters['trust[]'], shape[0] * shape[1]);
    const [batch, classes] = studentLogits.shape;
    if (by === 'answer' && count !== classes) {
      throw new RangeError(`trustMix: count is ${count}; expected ${classes}, the number of classes.`);
    }
    const sameGroup = by === 'group' ? groupsOf('trustMix', studentLogits, targets, count) : undefined;
    const groupOf = (said: () => Tensor1D): Tensor1D =>
      sameGroup ?? (by === 'answer' ? said() : (fill([batch], 0, 'int32') as Tensor1D));
    const temperatures = temperaturesAt(metaparameters);
    const softened = given.map((logits, e) => soften(logits, temperatures[e] as number));
    const soft = softened.map(softmaxOf);
    const labels = labelRows(targets.labels, classes);
    const groups = [
      groupOf(() => targets.labels),
      ...given.map((logits) => groupOf(() => argMax(logits, 1))),
    ];
    const dials = uploaded<Rank.R2>(values, shape);
    const trust = softmax(
      stack(
        groups.map((group, e) => gather(reshape(slice(dials, [e, 0], [1, -1]), [-1]), group)),
        1,
      ),
    ) as Tensor2D;
    return {
      batch,
      student: softmaxOf(soften(studentLogits, temperature)),
      /** p_e, each `[batch, classes]`. */
      answers: [labels, ...soft.map(({ probabilities }) => probabilities)],
      /** log p_e; of the labels 0, whose entropy is. */
      logAnswers: [zerosLike(labels), ...soft.map((each) => each.logProbabilities())],
      /** α `[batch, experts]`, and by experts `[batch, 1]`. */
      trust,
      shares: split(trust, shape[0], 1) as Tensor2D[],
      groups,
      /** ṗ_e of each teacher. */
      turns: () =>
        softened.map((logits, e) => {
          const { probabilities } = soft[e] as Softmax;
          return mul<Tensor2D>(softmaxJacobian(probabilities, logits), -1 / (temperatures[e] as number));
        }),
    };
  };

  /** Σ_{b in q} weight_b α_e (x_e − Σ_k α_k x_k) of x `[batch, experts]`: what `trust[]` does to Σ_e α_e x_e. */
  const byDial = (
    { batch, trust, groups }: ReturnType<typeof prepare>,
    x: Tensor2D,
    exampleWeights?: Tensor1D,
  ): Tensor => {
    const centred = mul(trust, sub(x, sum(mul(trust, x), 1, true)));
    const weights = exampleWeights ? reshape<Rank.R2>(exampleWeights, [-1, 1]) : 1 / batch;
    const rows = split(mul(centred, weights), shape[0], 1);
    return stack(rows.map((row, e) => sumByGroup(reshape<Rank.R1>(row, [-1]), groups[e] as Tensor1D, count)));
  };

  /** Σ_b weight_b α_e ⟨ṗ_e, x_e⟩ of x_e `[batch, classes]`: what the temperatures do to Σ_e α_e ⟨p_e, x_e⟩. */
  const byTemperature = (
    { shares, turns }: ReturnType<typeof prepare>,
    x: (e: number) => Tensor2D,
    exampleWeights?: Tensor1D,
  ) =>
    own && {
      'teacherTemperature[]': stack(
        turns().map((turn, i) => {
          const rows = sum<Tensor1D>(mul(mul(turn, x(i + 1)), shares[i + 1] as Tensor2D), 1);
          return averaged(rows, exampleWeights);
        }),
      ),
    };

  return {
    name: `trustMix(teachers=${teachers}, by=${by}, temperature=${temperature}${own ? ', teacherTemperatures=own' : ''})`,
    metaparameters: (own ? ['trust[]', 'teacherTemperature[]'] : ['trust[]']) as Name[],
    shapes: { 'trust[]': shape, ...(own && { 'teacherTemperature[]': [teachers] }) } as Shapes<Name>,
    needsTeachers: teachers,
    valueAndGradient: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const at = prepare(studentLogits, targets, metaparameters);
        const wanted = total(at.shares.map((share, e) => mul(share, at.answers[e] as Tensor2D)));
        return {
          value: mul<Scalar>(sum(mul(at.trust, lossesOf(at))), temperature / at.batch),
          gradient: mul<Tensor2D>(sub(at.student.probabilities, wanted), 1 / at.batch),
        };
      }),
    metaparameterGradient: (studentLogits, targets, metaparameters, exampleWeights) =>
      tidy(() => {
        const at = prepare(studentLogits, targets, metaparameters);
        const logStudent = at.student.logProbabilities();
        return {
          'trust[]': byDial(at, mul(lossesOf(at), temperature), exampleWeights),
          ...byTemperature(
            at,
            (e) => mul(sub(at.logAnswers[e] as Tensor2D, logStudent), temperature),
            exampleWeights,
          ),
        } as Record<Name, Tensor>;
      }),
    mixedDerivatives: () => ({}) as Record<ScalarName<Name>, Tensor2D>,
    mixedProduct: (studentLogits, targets, metaparameters, tangent) =>
      tidy(() => {
        const at = prepare(studentLogits, targets, metaparameters);
        // ⟨softmax(z/T), ż⟩ is the same for all experts, and drops out.
        const back = neg(tangent);
        const along = at.answers.map((answer) => sum(mul(answer, back), 1));
        return {
          'trust[]': byDial(at, stack(along, 1) as Tensor2D),
          ...byTemperature(at, () => back),
        } as Record<Name, Tensor>;
      }),
    exampleLosses: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const at = prepare(studentLogits, targets, metaparameters);
        return mul<Tensor1D>(sum(mul(at.trust, lossesOf(at)), 1), temperature);
      }),
    hessianProduct: (studentLogits, targets, metaparameters, tangent) =>
      tidy(() => {
        const { student, batch } = prepare(studentLogits, targets, metaparameters);
        return mul<Tensor2D>(softmaxJacobian(student.probabilities, tangent), 1 / (batch * temperature));
      }),
  };
}

/** ℓ_e = Σ p_e (log p_e − log p) `[batch, experts]`. */
function lossesOf({
  student,
  answers,
  logAnswers,
}: {
  readonly student: ReturnType<typeof softmaxOf>;
  readonly answers: readonly Tensor2D[];
  readonly logAnswers: readonly Tensor2D[];
}): Tensor2D {
  const logStudent = student.logProbabilities();
  return stack(
    answers.map((answer, e) => sum(mul(answer, sub(logAnswers[e] as Tensor2D, logStudent)), 1)),
    1,
  ) as Tensor2D;
}

const total = (tensors: readonly Tensor2D[]): Tensor2D => tensors.reduce((sum, each) => add(sum, each));
