import {
  AdamOptimizer,
  add,
  div,
  MomentumOptimizer,
  mul,
  RMSPropOptimizer,
  relu,
  type Scalar,
  SGDOptimizer,
  sqrt,
  square,
  sub,
  type Tensor,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  replaceApplyGradients,
  type Slot,
  type StockOptimizer,
  slotsOf,
  step,
  updatesFor,
  updatesOf,
} from './apply-gradients.js';

interface Sgd extends StockOptimizer {
  /** The negated learning rate that its steps are made with. */
  readonly c: Scalar;
}

interface Momentum extends Sgd {
  /** The momentum that its steps are made with: `setMomentum` of TensorFlow.js does not change it. */
  readonly m: Scalar;
  readonly useNesterov: boolean;
  readonly accumulations: Slot[];
}

interface Adam extends StockOptimizer {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: Slot[];
  readonly accumulatedSecondMoment: Slot[];
}

interface Rmsprop extends StockOptimizer {
  readonly learningRate: number;
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
  readonly accumulatedMeanSquares: Slot[];
  readonly accumulatedMoments: Slot[];
  /** The running means of gradients, of centred steps. */
  readonly accumulatedMeanGrads: Slot[];
}

/**
 * Makes TensorFlow.js' SGD, momentum, Adam and RMSProp step all variables in one kernel where the backend has it, which
 * rounds as their dozen operations per variable do; state, names and saved weights stay theirs. Centred RMSProp is mended on every
 * backend.
 */
export function replaceOptimizers(): void {
  replaceApplyGradients<Sgd>(SGDOptimizer.prototype, applySgd);
  replaceApplyGradients<Momentum>(MomentumOptimizer.prototype, applyMomentum);
  replaceApplyGradients<Adam>(AdamOptimizer.prototype, applyAdam);
  replaceApplyGradients<Rmsprop>(RMSPropOptimizer.prototype, applyRmsprop);
}

type Apply<Optimizer> = (
  optimizer: Optimizer,
  gradients: Parameters<StockOptimizer['applyGradients']>[0],
) => boolean;

const applySgd: Apply<Sgd> = ({ c }, gradients) => {
  const kernel = 'MetadistillSgdStep';
  const updates = updatesFor(kernel, gradients);
  if (!updates) return false;
  step(kernel, updates, [], { learningRate: -numberOf(c) });
  return true;
};

const applyMomentum: Apply<Momentum> = (optimizer, gradients) => {
  const kernel = 'MetadistillMomentumStep';
  const updates = updatesFor(kernel, gradients);
  if (!updates) return false;
  const { c, m, useNesterov } = optimizer;
  const old = slotsOf(optimizer.accumulations, updates, 'momentum');
  step(kernel, updates, [old], { learningRate: -numberOf(c), momentum: numberOf(m), useNesterov });
  return true;
};

const applyAdam: Apply<Adam> = (optimizer, gradients) => {
  const kernel = 'MetadistillAdamStep';
  const updates = updatesFor(kernel, gradients);
  if (!updates) return false;
  const { learningRate, beta1, beta2, epsilon, accBeta1, accBeta2 } = optimizer;
  const first = slotsOf(optimizer.accumulatedFirstMoment, updates, 'm');
  const second = slotsOf(optimizer.accumulatedSecondMoment, updates, 'v');
  const [correction1, correction2] = [1 - numberOf(accBeta1), 1 - numberOf(accBeta2)];
  const attributes = { learningRate, beta1, beta2, epsilon, correction1, correction2 };
  step(kernel, updates, [first, second], attributes);
  tidy(() => {
    accBeta1.assign(mul(accBeta1, beta1));
    accBeta2.assign(mul(accBeta2, beta2));
  });
  return true;
};

const applyRmsprop: Apply<Rmsprop> = (optimizer, gradients) => {
  const kernel = 'MetadistillRmspropStep';
  if (optimizer.centered) return applyCentredRmsprop(optimizer, gradients);
  const updates = updatesFor(kernel, gradients);
  if (!updates) return false;
  const { learningRate, decay, momentum, epsilon } = optimizer;
  const squares = slotsOf(optimizer.accumulatedMeanSquares, updates, 'rms');
  const old = slotsOf(optimizer.accumulatedMoments, updates, 'momentum');
  step(kernel, updates, [squares, old], { learningRate, decay, momentum, epsilon });
  return true;
};

/**
 * Centred RMSProp on any backend: m ← momentum · m + rate · g / √(v − ḡ² + ε), with the running means v of g² and ḡ of g. TensorFlow.js
 * takes √(v − (ḡ² + ε)), which is not a number as soon as a gradient hardly varies.
 */
const applyCentredRmsprop: Apply<Rmsprop> = (optimizer, gradients) => {
  const { learningRate, decay, momentum, epsilon } = optimizer;
  const updates = updatesOf(gradients);
  const squares = slotsOf(optimizer.accumulatedMeanSquares, updates, 'rms');
  const old = slotsOf(optimizer.accumulatedMoments, updates, 'momentum');
  const means = slotsOf(optimizer.accumulatedMeanGrads, updates, 'mg');
  for (const [i, { value, gradient }] of updates.entries()) {
    if (!gradient) continue;
    tidy(() => {
      const running = (mean: Tensor, next: Tensor) => add(mul(mean, decay), mul(next, 1 - decay));
      const meanSquare = running(squares[i]!, square(gradient));
      const mean = running(means[i]!, gradient);
      // By rounding, a variance of 0 may come out below it.
      const deviation = sqrt(add(relu(sub(meanSquare, square(mean))), epsilon));
      const next = add(mul(old[i]!, momentum), div(mul(gradient, learningRate), deviation));
      squares[i]!.assign(meanSquare);
      means[i]!.assign(mean);
      old[i]!.assign(next);
      value.assign(sub(value, next));
    });
  }
  return true;
};

const numberOf = (scalar: Tensor): number => scalar.dataSync()[0]!;
