import {
  engine,
  getBackend,
  getKernel,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { MixMetaparameter } from '../types.js';

/** A loss and its derivative by logits, as fused kernels and composed operations both return them; a type, which `tidy` takes. */
export type ValueAndGradient = {
  readonly value: Scalar;
  readonly gradient: Tensor2D;
};

/**
 * Runs `MetadistillCrossEntropyGradient` if the backend in use has it.
 *
 * Inputs `logits` `[batch, classes]`, `labels` `[batch]` int32; attribute `temperature`; outputs value, gradient.
 */
export function fusedCrossEntropy(
  logits: Tensor2D,
  labels: Tensor1D,
  temperature: number,
): ValueAndGradient | undefined {
  return run('MetadistillCrossEntropyGradient', { logits, labels }, { temperature });
}

/** Attributes of the kernels of the mix. */
interface MixAttributes {
  readonly distillationFraction: number;
  readonly temperature: number;
  /** c of the distillation term, and dc/dT. */
  readonly factor: number;
  readonly factorSlope: number;
}

/**
 * Runs `MetadistillDistillationGradient` if the backend in use has it.
 *
 * Inputs `studentLogits`, `teacherLogits` `[batch, classes]`, `labels` `[batch]` int32; attributes
 * `distillationFraction`, `temperature`, `factor`, `factorSlope`; outputs value, gradient.
 */
export function fusedDistillation(
  inputs: { studentLogits: Tensor2D; teacherLogits: Tensor2D; labels: Tensor1D },
  attributes: MixAttributes,
): ValueAndGradient | undefined {
  return run('MetadistillDistillationGradient', inputs, { ...attributes });
}

/** How the distillation mix and its gradient by logits depend on its two metaparameters. */
export interface DistillationDerivatives {
  readonly slopes: Readonly<Record<MixMetaparameter, Scalar>>;
  readonly mixed: Readonly<Record<MixMetaparameter, Tensor2D>>;
}

/**
 * Runs `MetadistillDistillationDerivatives` if the backend in use has it.
 *
 * Inputs and attributes as of `fusedDistillation`; outputs the slopes by fraction and temperature, then the mixed
 * derivatives. All four tensors belong to the caller.
 */
export function fusedDistillationDerivatives(
  inputs: { studentLogits: Tensor2D; teacherLogits: Tensor2D; labels: Tensor1D },
  attributes: MixAttributes,
): DistillationDerivatives | undefined {
  const name = 'MetadistillDistillationDerivatives';
  if (getKernel(name, getBackend()) === undefined) return undefined;
  const outputs = engine().runKernel(name, inputs, { ...attributes }) as unknown as [
    Scalar,
    Scalar,
    Tensor2D,
    Tensor2D,
  ];
  const [byFraction, byTemperature, mixedByFraction, mixedByTemperature] = outputs;
  return {
    slopes: { distillationFraction: byFraction, temperature: byTemperature },
    mixed: { distillationFraction: mixedByFraction, temperature: mixedByTemperature },
  };
}

function run(
  name: string,
  inputs: Record<string, Tensor2D | Tensor1D>,
  attributes: Record<string, number | string>,
): ValueAndGradient | undefined {
  if (getKernel(name, getBackend()) === undefined) return undefined;
  const [value, gradient] = engine().runKernel(name, inputs, attributes) as unknown as [Scalar, Tensor2D];
  return { value, gradient };
}
