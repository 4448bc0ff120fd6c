import { rejectTensors, scoped } from '@metadistill/models';
import type { HypergradientMethod, InnerOptimizer } from '../types.js';

/**
 * The scale-free form of a method: the derivative of steps whose gradient has a length that no metaparameter moves.
 *
 * The step that it differentiates is w' = Φ(w, n g/‖g‖, s) with g = ∇_w L(w, λ) and n = ‖g‖ a constant: at the λ of the
 * point the step that is taken; of several steps each has its own n. As d(n g/‖g‖) = P dg with P = I − g gᵀ/⟨g, g⟩, the
 * derivative is exact if P stands between the rule of the optimizer and every derivative of g, in both modes. A gradient
 * of 0 is held at 0, and P is 0 there.
 *
 * What is held is the gradient, not the step. A training loss c·L has the gradient c·g, so the derivative by c is 0 for
 * every optimizer. Were it the step's length that is held, a change of scale would still turn a step that has a moment
 * or a weight decay in it, and change the moments that are kept for later steps; for plain gradient descent, whose
 * step is −γ g, the two are the same. A weight decay of the optimizer is no part of g: its term does not scale with L.
 */
export function holdGradientNorm(method: HypergradientMethod): HypergradientMethod {
  const { evaluate, advance } = method;
  const held = <Point extends { readonly optimizer: InnerOptimizer }>(point: Point): Point => ({
    ...point,
    optimizer: heldNorm(point.optimizer),
  });
  return {
    ...method,
    name: `${method.name}-scale-free`,
    evaluate: (input) => evaluate({ ...input, point: held(input.point) }),
    ...(advance && { advance: (input) => advance({ ...input, point: held(input.point) }) }),
  };
}

/** The same steps, with the derivatives that they have if the gradient keeps its length. */
export const heldNorm = (optimizer: InnerOptimizer): InnerOptimizer => ({
  ...optimizer,
  vjp: (input, cotangent) =>
    scoped(() => {
      const pulled = optimizer.vjp(input, cotangent);
      return { ...pulled, gradient: rejectTensors(pulled.gradient, input.gradient) };
    }),
  jvp: (input, tangent) =>
    scoped(() =>
      optimizer.jvp(input, { ...tangent, gradient: rejectTensors(tangent.gradient, input.gradient) }),
    ),
});
