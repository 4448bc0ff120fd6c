import { checkOptions } from '@metadistill/options';
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
import type { Metaparameters } from '../types.js';
import { addGradients, type ComposedGradient } from './composed-gradient.js';
import {
  type ComposedInputs,
  type LossTerm,
  type TermValue,
  termDerivatives,
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
  valueAndGradient(inputs: ComposedInputs, metaparameters: Metaparameters): TermValue;
  /** By each metaparameter: ∂ℓ/∂λ_j, and how the gradient moves with it. */
  derivatives(inputs: ComposedInputs, metaparameters: Metaparameters): Readonly<Record<string, TermValue>>;
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
 * @throws TypeError if there is no term or two share a name, and on use if features are missing; RangeError on use if
 * a weight is not finite.
 */
export function composeLoss(options: ComposeLossOptions): ComposedLoss {
  checkOptions('composeLoss', options, { terms: true });
  const { terms } = options;
  checkNames(terms);
  const own = terms.flatMap(({ weight }) => (typeof weight === 'string' ? [weight] : []));
  const inner = terms.flatMap((term) => ('loss' in term ? term.loss.metaparameters : []));
  const metaparameters = [...new Set([...own, ...inner])];

  return {
    metaparameters,
    valueAndGradient: (inputs, values) =>
      tidy(() => add(terms.map((term) => [weightOf(term, values), termValue(term, inputs, values)]))),
    derivatives: (inputs, values) => {
      const byName = tidy(() => {
        const parts = terms.map((term) => ({
          weight: weightOf(term, values),
          itself: termValue(term, inputs, values),
          by: termDerivatives(term, inputs, values),
          slopeOf: term.weight,
        }));
        const entries = metaparameters.map((name) => {
          const contributions = parts.flatMap(({ weight, itself, by, slopeOf }): Contribution[] => [
            ...(slopeOf === name ? [[1, itself] as const] : []),
            ...(by[name] === undefined ? [] : [[weight, by[name]] as const]),
          ]);
          return [name, add(contributions)] as const;
        });
        return Object.fromEntries(entries);
      });
      return byName;
    },
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

type Contribution = readonly [coefficient: number, part: TermValue];

// A type alias and not an interface, so that `tidy` accepts it.
type Sum = {
  value: Scalar;
  gradient: {
    logits: ComposedGradient['logits'];
    features: Record<string, Tensor>;
    adapters: Record<string, Tensor2D>;
  };
};

const add = (parts: readonly Contribution[]): Sum => {
  const { logits, features, adapters } = addGradients(
    parts.map(([coefficient, { gradient }]) => [coefficient, gradient]),
  );
  return {
    value: addN(parts.map(([coefficient, { value }]) => mul<Scalar>(value, coefficient))),
    gradient: { logits, features: { ...features }, adapters: { ...adapters } },
  };
};

const onlyTensor = ({ logits, features }: ComposedGradient): Tensor =>
  logits ?? (Object.values(features)[0] as Tensor);

function checkNames(terms: readonly LossTerm[]): void {
  const names = terms.map(({ name }) => name);
  if (names.length === 0 || new Set(names).size !== names.length) {
    throw new TypeError(
      `composeLoss: terms are named ${names.join(', ') || 'nothing'}; expected at least one, and each name once.`,
    );
  }
}
