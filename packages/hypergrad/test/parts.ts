import { adam } from '../src/inner/adam.js';
import { momentum } from '../src/inner/momentum.js';
import { sgd } from '../src/inner/sgd.js';
import { withWeightDecay } from '../src/inner/with-weight-decay.js';
import { finiteDifference } from '../src/methods/finite-difference.js';
import { forwardMode } from '../src/methods/forward-mode.js';
import { implicit } from '../src/methods/implicit.js';
import { mixed } from '../src/methods/mixed.js';
import { unrolled } from '../src/methods/unrolled.js';
import { adamDescent } from '../src/outer/adam-descent.js';
import { gradientDescent } from '../src/outer/gradient-descent.js';
import { normalizedDescent } from '../src/outer/normalized-descent.js';
import { signDescent } from '../src/outer/sign-descent.js';
import { conjugateGradient } from '../src/solvers/conjugate-gradient.js';
import { fixedPoint } from '../src/solvers/fixed-point.js';
import { identity } from '../src/solvers/identity.js';
import { neumann } from '../src/solvers/neumann.js';
import type { Solver } from '../src/solvers/types.js';
import type { HypergradientMethod, InnerOptimizer, OuterOptimizer } from '../src/types.js';

// What the tests across this package draw from: every exported part, by the name of its export. `parts.test.ts` names
// one that is missing here or in the README.

/** Every method, so set that it gives the derivative after one step of gradient descent. */
export const oneStepMethods: Readonly<Record<string, readonly HypergradientMethod[]>> = {
  mixed: [mixed(), mixed({ via: 'jvp' }), mixed({ via: 'vjp' })],
  finiteDifference: [finiteDifference()],
  unrolled: [unrolled({ steps: 1 })],
  forwardMode: [forwardMode({ decay: 0.5 })],
  implicit: [
    implicit({ solver: identity() }),
    implicit({ solver: neumann({ iterations: 1 }) }),
    implicit({ solver: fixedPoint({ iterations: 1 }) }),
  ],
};

/** Those of them that are exact, which differences are not. */
export const exactOneStepMethods: readonly HypergradientMethod[] = Object.entries(oneStepMethods).flatMap(
  ([name, methods]) => (name === 'finiteDifference' ? [] : methods),
);

/** Every method that differentiates a step whose gradient keeps its length. */
export const scaleFreeMethods: readonly HypergradientMethod[] = [
  mixed({ scaleFree: true }),
  mixed({ via: 'jvp', scaleFree: true }),
  mixed({ via: 'vjp', scaleFree: true }),
  unrolled({ steps: 1, scaleFree: true }),
  forwardMode({ decay: 0.5, scaleFree: true }),
];

/** Every solver, made with these options. */
export const solvers: Readonly<
  Record<string, (options?: { readonly iterations?: number; readonly tolerance?: number }) => Solver>
> = { conjugateGradient, neumann, fixedPoint, identity: () => identity() };

/** Every method in each of its forms, whatever it is the derivative of. */
export const allMethods: readonly HypergradientMethod[] = [
  ...Object.values(oneStepMethods).flat(),
  ...scaleFreeMethods,
  finiteDifference({ scaleFree: true }),
  unrolled({ steps: 3 }),
  unrolled({ steps: 3, truncate: 2 }),
  ...Object.values(solvers).flatMap((solver) => [
    implicit({ solver: solver({ iterations: 3 }) }),
    implicit({ solver: solver({ iterations: 3, tolerance: 1e-3 }), damping: 0.1 }),
  ]),
];

export const innerOptimizers: Readonly<Record<string, readonly InnerOptimizer[]>> = {
  sgd: [sgd()],
  momentum: [momentum({ momentum: 0.9 }), momentum({ momentum: 0.9, nesterov: true })],
  adam: [adam()],
  withWeightDecay: [
    withWeightDecay({ optimizer: sgd(), weightDecay: 0.3 }),
    withWeightDecay({ optimizer: momentum({ momentum: 0.5 }), weightDecay: 0.3 }),
  ],
};

export const outerOptimizers: Readonly<Record<string, readonly OuterOptimizer[]>> = {
  gradientDescent: [
    gradientDescent({ learningRate: 0.05 }),
    gradientDescent({ learningRate: 0.05, clipValue: 1 }),
  ],
  signDescent: [signDescent({ learningRate: 0.01 })],
  normalizedDescent: [normalizedDescent({ learningRate: 0.01 })],
  adamDescent: [adamDescent({ learningRate: 0.02 }), adamDescent({ learningRate: 0.02, sparse: true })],
};
