import { checkOptions, describeValue } from '@metadistill/options';
import {
  add,
  argMax,
  cast,
  equal,
  floor,
  gather,
  minimum,
  mul,
  type Rank,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkArray, sizeOf } from '../arrays/array-names.js';
import { averaged } from '../arrays/averaged.js';
import { groupsBy } from '../arrays/groups-of.js';
import { mixedProductOf } from '../arrays/mixed-product-of.js';
import { sumByGroup } from '../arrays/sum-by-group.js';
import { uploaded } from '../arrays/uploaded.js';
import { checkCount, checkLogitsAndLabels, checkTemperature } from '../check-inputs.js';
import { labelRows, soften, softmaxOf } from '../softmax/soften.js';
import type { LogitLoss, Metaparameters, ScalarName, Shapes, Targets } from '../types.js';
import { teachersNeeded } from './teachers-needed.js';

export interface WeightedExamplesOptions<Name extends string = string> {
  /** What is weighted: a loss with `exampleLosses`. Its own metaparameters stay metaparameters. */
  readonly loss: LogitLoss<Name>;
  /**
   * What the weight of an example depends on: its `label`; its group in `targets.groups`, such as the source of the label or
   * the example itself (`group`); or what the student itself says of the label (`confidence`): a bin of the probability
   * p_y that it gives to it, for examples whose label is its first choice and for the others.
   */
  readonly by: 'label' | 'group' | 'confidence';
  /** How many labels, groups or bins of p_y, which are equally wide; 10 bins by default. */
  readonly count?: number;
  /** T > 0 of p_y = softmax(z/T)_y, by confidence; default 1. */
  readonly temperature?: number;
}

/**
 * The weighted mean of a loss over the examples of a batch, each group of examples with a weight of its own:
 * Σ_b w_b ℓ_b / Σ_b w_b, w_b = exp(A[q_b]).
 *
 * The dials A are the array `logWeight[]`: `[count]`, or by confidence `[2, count]`, first the bins of the examples whose
 * label is not the student's first choice. Weights are exponentials since they must be positive and only their ratios
 * count: equal dials, such as 0, leave the loss as it is, and so does a constant added to all of them. The mean is that of a
 * batch, so that the step does not shrink with its weights. With v_b = w_b / Σ w, the shares of a batch of B examples, a row
 * of ∂/∂z is v_b ∂ℓ_b/∂z_b, and with r_b = ⟨∂ℓ_b/∂z_b, ż_b⟩
 *
 *     ∂/∂A[q] = Σ_{b in q} v_b (ℓ_b − Σ v ℓ),   ⟨∂²/∂z∂A[q], ż⟩ = Σ_{b in q} v_b (r_b − Σ v r).
 *
 * In a batch of one example every share is 1, so that nothing moves: train in batches of two or more.
 *
 * One product with J serves all dials. A bin counts as a constant: it is piecewise constant in z, so that its derivative is
 * zero wherever it has one.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws TypeError if the loss has no `exampleLosses` or an option is unknown, RangeError if the count is no integer of at
 *   least 1 or the temperature not above 0; on use, RangeError if the dials do not fit or there are more labels than dials,
 *   TypeError if groups are missing, and on cpu and wasm RangeError if a group is not in 0 <= group < count.
 * @see Ren, Zeng, Yang, Urtasun (2018), Learning to reweight examples for robust deep learning, for weights of examples by
 *   a validation loss.
 */
export function weightedExamples<Name extends string>(
  options: WeightedExamplesOptions<Name>,
): LogitLoss<Name | 'logWeight[]'> {
  checkOptions<typeof options>('weightedExamples', options, {
    loss: 'loss',
    by: true,
    count: true,
    temperature: true,
  });
  const { loss, by, count = by === 'confidence' ? 10 : undefined, temperature = 1 } = options;
  if (!loss.exampleLosses) {
    throw new TypeError(
      `weightedExamples: loss is ${loss.name}; expected a mean over examples, with exampleLosses. Weight the terms that ` +
        'have them, such as crossEntropy, and add the others with weightedSum.',
    );
  }
  if (by !== 'label' && by !== 'group' && by !== 'confidence') {
    throw new RangeError(
      `weightedExamples: by is ${describeValue(by)}; expected 'label', 'group' or 'confidence'.`,
    );
  }
  checkCount('weightedExamples', 'count', count);
  checkTemperature('weightedExamples', temperature);
  const shape = by === 'confidence' ? [2, count] : [count];
  const size = sizeOf(shape);
  type All = Name | 'logWeight[]';
  const inner = loss as LogitLoss<string>;

  const prepare = (studentLogits: Tensor2D, targets: Targets, metaparameters: Metaparameters<All>) => {
    checkLogitsAndLabels('weightedExamples', studentLogits, targets);
    const values = checkArray('weightedExamples', 'logWeight[]', metaparameters['logWeight[]'], size);
    const groups =
      by === 'confidence'
        ? confidenceBins(studentLogits, targets.labels, temperature, count)
        : groupsBy(by, 'weightedExamples', studentLogits, targets, count);
    // exp(A)/Σ exp(A) over the batch, in the form that does not overflow.
    const shares = softmax(gather(uploaded<Rank.R1>(values, [size]), groups)) as Tensor1D;
    const factors = reshape<Rank.R2>(mul(shares, studentLogits.shape[0]), [-1, 1]);
    return {
      shares,
      /** Rows of the derivatives of the mean, as those of the weighted mean. */
      weighted: (rows: Tensor2D): Tensor2D => mul(rows, factors),
      /** Σ_{b in q} v_b (x_b − Σ v x) of a number of each example: what `logWeight[]` does to Σ v x. */
      byDial: (x: Tensor1D): Tensor =>
        reshape(sumByGroup(mul(shares, sub(x, averaged(x, shares))), groups, size), shape),
    };
  };

  return {
    name: `weightedExamples(${loss.name}, by=${by})`,
    metaparameters: ['logWeight[]', ...loss.metaparameters],
    shapes: { 'logWeight[]': shape, ...loss.shapes } as Shapes<All>,
    ...teachersNeeded([loss]),
    valueAndGradient: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const { shares, weighted } = prepare(studentLogits, targets, metaparameters);
        return {
          value: averaged(inner.exampleLosses!(studentLogits, targets, metaparameters), shares),
          gradient: weighted(inner.valueAndGradient(studentLogits, targets, metaparameters).gradient),
        };
      }),
    metaparameterGradient: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const { shares, byDial } = prepare(studentLogits, targets, metaparameters);
        return {
          ...inner.metaparameterGradient(studentLogits, targets, metaparameters, shares),
          'logWeight[]': byDial(inner.exampleLosses!(studentLogits, targets, metaparameters)),
        } as Record<All, Tensor>;
      }),
    mixedDerivatives: (studentLogits, targets, metaparameters) =>
      tidy(() => {
        const { weighted } = prepare(studentLogits, targets, metaparameters);
        const mixed = Object.entries(inner.mixedDerivatives(studentLogits, targets, metaparameters));
        return Object.fromEntries(mixed.map(([name, rows]) => [name, weighted(rows)])) as Record<
          ScalarName<All>,
          Tensor2D
        >;
      }),
    mixedProduct: (studentLogits, targets, metaparameters, tangent) =>
      tidy(() => {
        const { weighted, byDial } = prepare(studentLogits, targets, metaparameters);
        const { gradient } = inner.valueAndGradient(studentLogits, targets, metaparameters);
        const along = mul<Tensor1D>(sum(mul(gradient, tangent), 1), studentLogits.shape[0]);
        return {
          // Linear in each row of the tangent, whose factor is then that of its example.
          ...mixedProductOf(inner, studentLogits, targets, metaparameters, weighted(tangent)),
          'logWeight[]': byDial(along),
        } as Record<All, Tensor>;
      }),
    ...(loss.hessianProduct && {
      hessianProduct: (studentLogits, targets, metaparameters, tangent) =>
        tidy(() => {
          const { weighted } = prepare(studentLogits, targets, metaparameters);
          return weighted(inner.hessianProduct!(studentLogits, targets, metaparameters, tangent));
        }),
    }),
  };
}

/** The bin of p_y, int32 `[batch]`, plus `bins` if the label is the first choice. */
function confidenceBins(logits: Tensor2D, labels: Tensor1D, temperature: number, bins: number): Tensor1D {
  const { probabilities } = softmaxOf(soften(logits, temperature));
  const ofLabel = sum(mul(probabilities, labelRows(labels, logits.shape[1])), 1);
  const bin = minimum(floor(mul(ofLabel, bins)), bins - 1);
  return cast(add(bin, mul(cast(equal(argMax(logits, 1), labels), 'float32'), bins)), 'int32') as Tensor1D;
}
