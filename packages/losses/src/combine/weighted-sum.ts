import { checkOptions, describeValue } from '@metadistill/options';
import type { LogitLoss } from '../types.js';
import { linearCombination } from './linear-combination.js';

/** A loss with its weight: a constant, or the name of a metaparameter. */
export interface WeightedTerm {
  readonly loss: LogitLoss<string>;
  readonly weight: string | number;
}

/** The metaparameters of a term: its loss's and its weight. */
export type TermNames<Term extends WeightedTerm> =
  | Term['loss']['metaparameters'][number]
  | Extract<Term['weight'], string>;

export interface WeightedSumOptions<Terms extends readonly WeightedTerm[] = readonly WeightedTerm[]> {
  /** What the sum is called in logs and messages; by default `weightedSum`. */
  readonly name?: string;
  readonly terms: Terms;
}

/**
 * Σ_i w_i ℓ_i over losses of the logits, each weight a number or the name of a metaparameter.
 *
 * ∂/∂w_i is ℓ_i; ∂²/∂z∂w_i is ∂ℓ_i/∂z. A metaparameter that several terms name, such as `temperature`, is shared.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if there is no term or a constant weight is not finite, and on use if a weight is not.
 */
export function weightedSum<const Terms extends readonly WeightedTerm[]>(
  options: WeightedSumOptions<Terms>,
): LogitLoss<TermNames<Terms[number]>> {
  checkOptions('weightedSum', options, { name: true, terms: true });
  const { name = 'weightedSum', terms } = options;
  if (!Array.isArray(terms) || terms.length === 0) {
    throw new RangeError(
      `weightedSum: terms is ${describeValue(terms)}; expected an array of at least one { loss, weight }.`,
    );
  }
  for (const [i, term] of terms.entries()) {
    checkOptions<WeightedTerm>(`weightedSum: terms[${i}]`, term, { loss: 'loss', weight: true });
    const { loss, weight } = term;
    if (typeof weight !== 'string' && !Number.isFinite(weight)) {
      throw new RangeError(
        `weightedSum: the weight of ${loss.name} is ${describeValue(weight)}; expected a finite number, or the name of a metaparameter.`,
      );
    }
  }
  const own = terms.flatMap(({ weight }) => (typeof weight === 'string' ? [weight] : []));
  return linearCombination(
    'weightedSum',
    name,
    own,
    terms.map(({ loss, weight }) =>
      typeof weight === 'number'
        ? { loss, coefficient: () => weight, slopes: {} }
        : { loss, coefficient: (values) => values[weight] as number, slopes: { [weight]: 1 } },
    ),
  ) as LogitLoss<TermNames<Terms[number]>>;
}
