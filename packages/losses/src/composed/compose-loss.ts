import { checkOptions, checkPart } from '@metadistill/options';
import {
  addN,
  mul,
  norm,
  type Scalar,
  stack,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkWeightName, isArrayName, sharedShapes } from '../arrays/array-names.js';
import { mixedProductOf } from '../arrays/mixed-product-of.js';
import type { Metaparameters, Shapes } from '../types.js';
import { addGradients, type ComposedGradient, type ComposedTangent, productOf } from './composed-gradient.js';
import {
  type ComposedInputs,
  type FeatureTerm,
  type LossTerm,
  type ResponseTerm,
  type TermValue,
  termValue,
  weightOf,
} from './loss-terms.js';

/** One term of one batch in numbers. */
export interface TermReport {
  readonly name: string;
  readonly weight: number;
  readonly value: number;
  readonly weightedValue: number;
  /** ‖weight · ∂value/∂(its logits or features)‖₂. */
  readonly gradientNorm: number;
}

/** A sum of response and feature terms. Inputs are borrowed, outputs belong to the caller. */
export interface ComposedLoss {
  readonly metaparameters: readonly string[];
  /** The shape of each metaparameter whose name ends in `[]`; left out if all are numbers. */
  readonly shapes?: Shapes;
  valueAndGradient(inputs: ComposedInputs, metaparameters: Metaparameters): TermValue;
  /** ∂ℓ/∂λ_j for each metaparameter: a scalar for a number, a tensor of its shape for an array. */
  metaparameterGradient(
    inputs: ComposedInputs,
    metaparameters: Metaparameters,
  ): Readonly<Record<string, Tensor>>;
  /** ⟨∂(gradient)/∂λ_j, tangent⟩ for each metaparameter, in the shapes of `metaparameterGradient`. */
  mixedProduct(
    inputs: ComposedInputs,
    metaparameters: Metaparameters,
    tangent: ComposedTangent,
  ): Readonly<Record<string, Tensor>>;
  /** ∂(gradient)/∂λ_j for each metaparameter that is a number. */
  mixedDerivatives(
    inputs: ComposedInputs,
    metaparameters: Metaparameters,
  ): Readonly<Record<string, ComposedGradient>>;
  /** Each term by itself, for logs. */
  report(inputs: ComposedInputs, metaparameters: Metaparameters): Promise<readonly TermReport[]>;
}

export interface ComposeLossOptions {
  /** At least one; each has a name of its own. */
  readonly terms: readonly LossTerm[];
}

/**
 * Σ_i w_i ℓ_i over losses of logits `[batch, classes]` and of features `[batch, ...]`, with derivatives by both, by the
 * adapters between them and by every metaparameter.
 *
 * A weight that is a metaparameter's name can be tuned: its derivative is that term alone. For losses of the logits
 * alone use `weightedSum`: its `LogitLoss` is what trainers take.
 *
 * @returns a loss whose values, gradients and derivatives belong to the caller.
 * @throws TypeError if there is no term or two share a name, and on use if features are missing; RangeError if a weight's
 * name ends in `[]` or two terms give an array different shapes, and on use if a weight is not finite.
 */
export function composeLoss(options: ComposeLossOptions): ComposedLoss {
  checkOptions('composeLoss', options, { terms: true });
  const { terms } = options;
  checkTerms(terms);
  const own = terms.flatMap(({ weight }) => (typeof weight === 'string' ? [weight] : []));
  const inner = terms.flatMap((term) => ('loss' in term ? term.loss.metaparameters : []));
  const metaparameters = [...new Set([...own, ...inner])];
  for (const name of own) checkWeightName('composeLoss', name);

  /** By each metaparameter: Σ of the terms with that weight, plus Σ_i w_i by_i. */
  const derivatives = <Part>(
    of: readonly string[],
    values: Metaparameters,
    sum: (parts: readonly (readonly [coefficient: number, part: Part])[]) => Part,
    itself: (term: LossTerm) => Part,
    by: (term: ResponseTerm) => Readonly<Record<string, Part>>,
  ): Record<string, Part> => {
    const parts = terms.map((term) => ({
      slopeOf: term.weight,
      weight: weightOf(term, values),
      itself: typeof term.weight === 'string' ? itself(term) : undefined,
      by: 'loss' in term && term.loss.metaparameters.length > 0 ? by(term) : {},
    }));
    const entries = of.map((name) => {
      const contributions = parts.flatMap(({ slopeOf, weight, itself: whole, by: inner }) => [
        ...(slopeOf === name && whole ? [[1, whole] as const] : []),
        ...(inner[name] ? [[weight, inner[name]] as const] : []),
      ]);
      return [name, sum(contributions)] as const;
    });
    return Object.fromEntries(entries);
  };
  const scalars = metaparameters.filter((name) => !isArrayName(name));

  return {
    metaparameters,
    ...sharedShapes(
      'composeLoss',
      terms.flatMap((term) => ('loss' in term ? [term.loss] : [])),
    ),
    valueAndGradient: (inputs, values) =>
      tidy(() => {
        const parts = terms.map((term) => [weightOf(term, values), termValue(term, inputs, values)] as const);
        return {
          value: weightedTotal(parts.map(([weight, { value }]) => [weight, value])) as Scalar,
          gradient: addGradients(parts.map(([weight, { gradient }]) => [weight, gradient])),
        };
      }),
    metaparameterGradient: (inputs, values) =>
      tidy(() =>
        derivatives(
          metaparameters,
          values,
          weightedTotal,
          (term) => termValue(term, inputs, values).value,
          ({ loss }) => loss.metaparameterGradient(inputs.studentLogits, inputs.targets, values),
        ),
      ),
    mixedDerivatives: (inputs, values) =>
      tidy(() =>
        derivatives(
          scalars,
          values,
          addGradients,
          (term) => termValue(term, inputs, values).gradient,
          ({ loss }) => atLogits(loss.mixedDerivatives(inputs.studentLogits, inputs.targets, values)),
        ),
      ),
    mixedProduct: (inputs, values, tangent) =>
      tidy(() =>
        derivatives(
          metaparameters,
          values,
          weightedTotal,
          (term) => productOf(termValue(term, inputs, values).gradient, tangent),
          ({ loss }) => mixedProductOf(loss, inputs.studentLogits, inputs.targets, values, tangent.logits),
        ),
      ),
    async report(inputs, values) {
      const numbers = tidy(() =>
        stack(
          terms.flatMap((term) => {
            const { value, gradient } = termValue(term, inputs, values);
            return [value, norm(onlyTensor(gradient))];
          }),
        ),
      ) as Tensor1D;
      const read = await numbers.data();
      numbers.dispose();
      return terms.map((term, i) => {
        const weight = weightOf(term, values);
        const [value, gradientNorm] = [read[2 * i] as number, read[2 * i + 1] as number];
        return {
          name: term.name,
          weight,
          value,
          weightedValue: weight * value,
          gradientNorm: Math.abs(weight) * gradientNorm,
        };
      });
    },
  };
}

/** Σ_i c_i x_i. */
const weightedTotal = (parts: readonly (readonly [coefficient: number, part: Tensor])[]): Tensor =>
  addN(parts.map(([coefficient, part]) => mul(part, coefficient)));

/** Derivatives of losses of logits as gradients of terms. */
const atLogits = (derivatives: Readonly<Record<string, Tensor2D>>): Record<string, ComposedGradient> =>
  Object.fromEntries(
    Object.entries(derivatives).map(([name, logits]) => [name, { logits, features: {}, adapters: {} }]),
  );

const onlyTensor = ({ logits, features }: ComposedGradient): Tensor =>
  logits ?? (Object.values(features)[0] as Tensor);

function checkTerms(terms: readonly LossTerm[]): void {
  checkPart('composeLoss', 'terms', terms, 'record[]');
  for (const [i, term] of terms.entries()) {
    const caller = `composeLoss: terms[${i}]`;
    if ('featureLoss' in term) {
      checkOptions<FeatureTerm>(caller, term, {
        name: 'string',
        featureLoss: 'featureLoss',
        studentLayer: 'string',
        teacherLayer: 'string',
        adapter: 'string?',
        weight: true,
      });
    } else {
      checkOptions<ResponseTerm>(caller, term, { name: 'string', loss: 'loss', weight: true });
    }
  }
  const names = terms.map(({ name }) => name);
  if (names.length === 0 || new Set(names).size !== names.length) {
    throw new TypeError(
      `composeLoss: terms are named ${names.join(', ') || 'nothing'}; expected at least one, and each name once.`,
    );
  }
}
