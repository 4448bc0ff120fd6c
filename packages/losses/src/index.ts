export { checkFiniteLogits } from './check-finite-logits.js';
export { checkLabels } from './check-labels.js';
export { convexCombination } from './convex-combination.js';
export { convexMix } from './convex-mix.js';
export { crossEntropy } from './cross-entropy.js';
export { type DistillationOptions, type DivergenceName, distillation } from './distillation.js';
export type { Scaling, ValueAndGradient } from './fused-kernels.js';
export { fromAuthorsCodeLambda, fromPaperLambda } from './lambda-conventions.js';
export type * from './types.js';
