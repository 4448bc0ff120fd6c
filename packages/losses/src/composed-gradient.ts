import { add, mul, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

/** Where a gradient enters the student: at its logits, and at the layers that feature terms compare. */
export interface ComposedGradient {
  readonly logits: Tensor2D | undefined;
  readonly features: Readonly<Record<string, Tensor>>;
}

/** Σ_i c_i g_i; what only some have is passed through. Made inside the caller's `tidy`. */
export function addGradients(
  parts: readonly (readonly [coefficient: number, gradient: ComposedGradient])[],
): ComposedGradient {
  let logits: Tensor2D | undefined;
  const features: Record<string, Tensor> = {};
  for (const [coefficient, gradient] of parts) {
    if (gradient.logits !== undefined) logits = addScaled(logits, gradient.logits, coefficient);
    for (const [layer, tensor] of Object.entries(gradient.features)) {
      features[layer] = addScaled(features[layer], tensor, coefficient);
    }
  }
  return { logits, features };
}

function addScaled<T extends Tensor>(sum: T | undefined, tensor: T, coefficient: number): T {
  const scaled = mul<T>(tensor, coefficient);
  return sum === undefined ? scaled : add<T>(sum, scaled);
}
