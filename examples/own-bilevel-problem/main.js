import {
  adamDescent,
  conjugateGradient,
  formatHypergradientReport,
  functionProblem,
  implicit,
  metaparameterSpace,
  sgd,
  verifyHypergradient,
} from '@metadistill/hypergrad';
import { constantBatch, startTraining, train } from '@metadistill/trainer';
import { everyKth } from '@metadistill/trajectory';
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu'); // each step is tiny
const FEATURES = 20;
const USEFUL = 3;

// Ridge regression with a penalty for each feature: L(w) = |Xw - y|² / 2n + Σ penalty_j w_j² / 2.
// Which penalties make the trained weights best on other examples? V(w) = |Xw - y|² / 2n.
const residual = (w, { x, y }) => x.dot(w).sub(y);
const meanSquare = (r) => r.square().mean().div(2);
const back = (r, { x }) => tf.dot(r, x).div(x.shape[0]); // Xᵀr / n

const problem = functionProblem({
  metaparameters: ['penalty[]'],
  shapes: { 'penalty[]': [FEATURES] },
  training([w], { 'penalty[]': penalty }, batch) {
    const r = residual(w, batch);
    const shrunk = w.mul(penalty);
    return { value: meanSquare(r).add(shrunk.dot(w).div(2)), gradient: [back(r, batch).add(shrunk)] };
  },
  validation([w], _, batch) {
    const r = residual(w, batch);
    return { value: meanSquare(r), gradient: [back(r, batch)] };
  },
  // Exact second derivatives. Leave out mixedProduct and hessianVectorProduct, and differences take their place.
  metaparameterGradient: ([w]) => w.square().div(2),
  mixedProduct: ([w], _, __, [d]) => d.mul(w),
  hessianVectorProduct: (_, { 'penalty[]': penalty }, batch, [d]) => [
    back(batch.x.dot(d), batch).add(d.mul(penalty)),
  ],
});

// Only the first three features matter, and there are about as many examples as features.
const draw = (examples, seed) => {
  const x = tf.randomNormal([examples, FEATURES], 0, 1, 'float32', seed);
  const truth = tf.tensor1d(Array.from({ length: FEATURES }, (_, j) => (j < USEFUL ? 1 : 0)));
  return { x, y: x.dot(truth).add(tf.randomNormal([examples], 0, 1, 'float32', seed + 100)) };
};
const [trainingBatch, validationBatch, test] = [draw(30, 1), draw(100, 2), draw(1000, 3)];

const metaparameters = { 'penalty[]': Array(FEATURES).fill(0.1) };
const optimizer = sgd();
const learningRate = 0.2;

// 1. Is the problem right? Every derivative is compared with differences, at weights where none of them is zero.
const report = await verifyHypergradient({
  problem,
  point: {
    weights: { parameters: [tf.randomNormal([FEATURES], 0, 1, 'float32', 4)], statistics: [] },
    metaparameters,
    optimizer,
    optimizerState: [],
    learningRate,
  },
  trainingBatch,
  validationBatch,
});
console.log(report.passed ? `All ${report.checks.length} checks passed.` : formatHypergradientReport(report));

// 2. Train the weights, once as the penalties are, and once moving them in every tenth step.
async function trained(meta) {
  const weights = { parameters: [tf.zeros([FEATURES])], statistics: [] };
  const reports = train({
    problem,
    trainingBatches: constantBatch(trainingBatch),
    iterations: 1000,
    optimizer,
    learningRate: () => learningRate,
    start: startTraining({ weights, optimizer, metaparameters }),
    ...meta,
  });
  for await (const { iteration, state } of reports) {
    if (iteration < 999) continue;
    const [testLoss] = meanSquare(residual(state.weights.parameters[0], test)).dataSync();
    return { testLoss, penalties: state.metaparameters['penalty[]'] };
  }
}

const fixed = await trained();
console.log(`a penalty of 0.1 for all: test loss ${fixed.testLoss.toFixed(3)}`);

const { testLoss, penalties } = await trained({
  meta: {
    method: implicit({ solver: conjugateGradient({ iterations: FEATURES }) }),
    optimizer: adamDescent({ learningRate: 0.1 }),
    validationBatches: constantBatch(validationBatch),
    controller: everyKth(10),
    space: metaparameterSpace({ 'penalty[]': { bounds: [1e-3, 10], transform: 'log', size: FEATURES } }),
  },
});
const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
const [useful, others] = [mean(penalties.slice(0, USEFUL)), mean(penalties.slice(USEFUL))];
console.log(`penalties that were tuned: test loss ${testLoss.toFixed(3)}`);
console.log(`mean penalty of the useful features ${useful.toFixed(3)}, of the others ${others.toFixed(3)}`);
