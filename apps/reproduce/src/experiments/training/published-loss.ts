import type { MixMetaparameter } from '@metadistill/losses';
import {
  convexCombination,
  convexMix,
  crossEntropy,
  distillation,
  type LogitLoss,
} from '@metadistill/losses';
import { neg, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

/**
 * The paper's training loss at any temperature but zero, as the authors' code computes it.
 *
 * Their predictions of the metaparameters are not projected, and some are negative temperatures. There
 * softmax(z / T) = softmax(−z / |T|): the loss of negated logits at |T|.
 */
export function publishedLoss(): LogitLoss<MixMetaparameter> {
  const positive = convexMix({ scaling: 'none' });
  const negative = convexCombination({
    classification: crossEntropy(),
    distillation: ofNegatedLogits(distillation({ scaling: 'none' })),
  });
  const at = ({ temperature }: { readonly temperature: number }) => (temperature < 0 ? negative : positive);
  return {
    ...positive,
    name: 'publishedLoss',
    valueAndGradient: (logits, targets, metaparameters) =>
      at(metaparameters).valueAndGradient(logits, targets, metaparameters),
    metaparameterGradient: (logits, targets, metaparameters) =>
      at(metaparameters).metaparameterGradient(logits, targets, metaparameters),
    mixedDerivatives: (logits, targets, metaparameters) =>
      at(metaparameters).mixedDerivatives(logits, targets, metaparameters),
  };
}

/** ℓ(−z, −t, −T) of a distillation loss ℓ, which is ℓ(z, t, T) continued to T < 0. */
function ofNegatedLogits(loss: LogitLoss<'temperature'>): LogitLoss<'temperature'> {
  return {
    name: `${loss.name} of negated logits`,
    metaparameters: loss.metaparameters,
    valueAndGradient: (logits, targets, { temperature }) =>
      tidy(() => {
        const { value, gradient } = loss.valueAndGradient(...negate(logits, targets, temperature));
        return { value, gradient: neg(gradient) };
      }),
    metaparameterGradient: (logits, targets, { temperature }) =>
      tidy(() => ({
        temperature: neg(loss.metaparameterGradient(...negate(logits, targets, temperature)).temperature),
      })),
    // Both factors change their sign.
    mixedDerivatives: (logits, targets, { temperature }) =>
      tidy(() => loss.mixedDerivatives(...negate(logits, targets, temperature))),
  };
}

const negate = (
  ...[logits, targets, temperature]: [Tensor2D, Parameters<LogitLoss['valueAndGradient']>[1], number]
): Parameters<LogitLoss<'temperature'>['valueAndGradient']> => [
  neg(logits),
  { ...targets, ...(targets.teacherLogits && { teacherLogits: neg(targets.teacherLogits) }) },
  { temperature: -temperature },
];
