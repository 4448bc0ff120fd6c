import {
  AdamOptimizer,
  MomentumOptimizer,
  mul,
  RMSPropOptimizer,
  type Scalar,
  SGDOptimizer,
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
}

/**
 * Makes TensorFlow.js' SGD, momentum, Adam and RMSProp step all variables in one kernel where the backend has it, which
 * rounds as their dozen operations per variable do; state, names and saved weights stay theirs.
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
  const updates = optimizer.centered ? undefined : updatesFor(kernel, gradients);
  if (!updates) return false;
  const { learningRate, decay, momentum, epsilon } = optimizer;
  const squares = slotsOf(optimizer.accumulatedMeanSquares, updates, 'rms');
  const old = slotsOf(optimizer.accumulatedMoments, updates, 'momentum');
  step(kernel, updates, [squares, old], { learningRate, decay, momentum, epsilon });
  return true;
};

const numberOf = (scalar: Tensor): number => scalar.dataSync()[0]!;
