import { add, addN, mul, sum, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

/** Where a gradient enters the student: at its logits, at the layers that feature terms compare, and at adapters. */
// A type alias and not an interface, so that `tidy` accepts it.
export type ComposedGradient = {
  readonly logits: Tensor2D | undefined;
  readonly features: Readonly<Record<string, Tensor>>;
  /** By adapter name, in the shapes of their weights. */
  readonly adapters: Readonly<Record<string, Tensor2D>>;
};

/** How all that terms are computed from moves along a direction in the weights. */
export interface ComposedTangent {
  readonly logits: Tensor2D;
  readonly features: Readonly<Record<string, Tensor>>;
  readonly adapters: Readonly<Record<string, Tensor2D>>;
}

/** ⟨gradient, tangent⟩ over what the gradient has. Made inside the caller's `tidy`. */
export const productOf = (gradient: ComposedGradient, tangent: ComposedTangent): Tensor => {
  const dot = (a: Tensor, b: Tensor | undefined): Tensor => sum(mul(a, b as Tensor));
  return addN([
    ...(gradient.logits ? [dot(gradient.logits, tangent.logits)] : []),
    ...Object.entries(gradient.features).map(([layer, each]) => dot(each, tangent.features[layer])),
    ...Object.entries(gradient.adapters).map(([name, each]) => dot(each, tangent.adapters[name])),
  ]);
};

/** Σ_i c_i g_i; what only some have is passed through. Made inside the caller's `tidy`. */
export function addGradients(
  parts: readonly (readonly [coefficient: number, gradient: ComposedGradient])[],
): ComposedGradient {
  let logits: Tensor2D | undefined;
  const features: Record<string, Tensor> = {};
  const adapters: Record<string, Tensor2D> = {};
  for (const [coefficient, gradient] of parts) {
    if (gradient.logits !== undefined) logits = addScaled(logits, gradient.logits, coefficient);
    for (const [layer, tensor] of Object.entries(gradient.features)) {
      features[layer] = addScaled(features[layer], tensor, coefficient);
    }
    for (const [name, tensor] of Object.entries(gradient.adapters)) {
      adapters[name] = addScaled(adapters[name], tensor, coefficient);
    }
  }
  return { logits, features, adapters };
}

function addScaled<T extends Tensor>(sum: T | undefined, tensor: T, coefficient: number): T {
  const scaled = mul<T>(tensor, coefficient);
  return sum === undefined ? scaled : add<T>(sum, scaled);
}
