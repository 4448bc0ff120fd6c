import type { TeacherLogits } from '@metadistill/datasets';
import { metaparameterSpace } from '@metadistill/hypergrad';
import {
  agreementTemperature,
  convexMix,
  crossEntropy,
  type MixMetaparameter,
  matchedScaling,
  teacherAgreement,
} from '@metadistill/losses';

/** Temperatures that tuning may reach. */
const bounds = [1, 50] as const;

/**
 * The recipe that needs no sweep, from a teacher's logits: its softness sets T, and `matchedScaling` makes f a share of the
 * gradient. The study `defaults` compares it with a grid of constants. Each part is made when it is asked for: a teacher that
 * says nothing is no mistake of who brings a loss of their own.
 */
export const distilDefaults = (teacherLogits: TeacherLogits, validationHasTeacher: boolean) => ({
  trainingLoss: () => convexMix({ scaling: matchedScaling({ teacherLogits }) }),
  metaparameters: () => ({
    distillationFraction: 0.9,
    temperature: Math.min(Math.max(agreementTemperature({ teacherLogits }), bounds[0]), bounds[1]),
  }),
  validationLoss: () =>
    validationHasTeacher
      ? teacherAgreement({ temperature: agreementTemperature({ teacherLogits }) })
      : crossEntropy(),
  space: () =>
    metaparameterSpace<MixMetaparameter>({
      distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
      temperature: { bounds, transform: 'log' },
    }),
});

/**
 * Where Adam starts its cosine: 18/iterations, from 0.01 to 0.1. Its steps are about as long as the rate says, so that a short
 * training needs longer ones to get as far. 18 suits 1,800 iterations of a small convolutional network on CIFAR-10 and 144
 * to 960 of a small dense one.
 */
export const adamRate = (iterations: number): number => Math.min(Math.max(18 / iterations, 0.01), 0.1);
