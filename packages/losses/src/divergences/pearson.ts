import { add, div, maximum, mean, mul, sqrt, square, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core';

/** What DIST's code adds to the product of the norms, so that constant rows correlate by 0. */
const EPSILON = 1e-8;
/** Below it a norm counts as zero, and its derivative as zero with it. */
const SMALLEST_NORM = 1e-18;

/** ρ of matching rows (axis 1) or columns (axis 0) of x and y, kept along the axis, and its derivative by x. */
export interface Pearson {
  readonly correlation: Tensor2D;
  /** ∂ρ/∂x, `[batch, classes]`. */
  readonly gradient: Tensor2D;
  /** How ∂ρ/∂x changes as x moves along ẋ and y along ẏ. */
  gradientChange(xChange: Tensor2D, yChange: Tensor2D): Tensor2D;
}

/**
 * Pearson's correlation with its first derivative by x and that one's change.
 *
 * With a, b the centred x, y, A, B their norms, S = a·b and N = AB + ε: ρ = S/N, ∂ρ/∂x = b/N − c·a, c = S B/(A N²).
 */
export function pearson(x: Tensor2D, y: Tensor2D, axis: 0 | 1): Pearson {
  const dot = (left: Tensor2D, right: Tensor2D): Tensor2D => sum(mul(left, right), axis, true) as Tensor2D;
  const centred = (values: Tensor2D): Tensor2D => sub(values, mean(values, axis, true));

  const a = centred(x);
  const b = centred(y);
  const normA = maximum<Tensor2D>(sqrt(sum(square(a), axis, true)), SMALLEST_NORM);
  const normB = maximum<Tensor2D>(sqrt(sum(square(b), axis, true)), SMALLEST_NORM);
  const product = dot(a, b);
  const total = add<Tensor2D>(mul(normA, normB), EPSILON);
  const correlation = div<Tensor2D>(product, total);
  // c = (S/N)(B/N)/A, in an order that neither overflows nor underflows.
  const c = div<Tensor2D>(mul(correlation, div(normB, total)), normA);
  return {
    correlation,
    gradient: sub(div(b, total), mul(c, a)),
    gradientChange(xChange, yChange) {
      const aChange = centred(xChange);
      const bChange = centred(yChange);
      const normAChange = div<Tensor2D>(dot(a, aChange), normA);
      const normBChange = div<Tensor2D>(dot(b, bChange), normB);
      const productChange = add<Tensor2D>(dot(aChange, b), dot(a, bChange));
      const totalChange = add<Tensor2D>(mul(normAChange, normB), mul(normA, normBChange));
      const relativeTotal = div<Tensor2D>(totalChange, total);
      // ċ = (Ṡ B + S Ḃ)/(A N²) − c (Ȧ/A + 2Ṅ/N).
      const first = div(
        div(add(mul(productChange, normB), mul(product, normBChange)), total),
        mul(normA, total),
      );
      const cChange = sub(first, mul(c, add(div(normAChange, normA), mul(relativeTotal, 2))));
      const bOverTotal = sub(div(bChange, total), mul(div(b, total), relativeTotal));
      return sub(bOverTotal, add(mul(cChange, a), mul(c, aChange)));
    },
  };
}
