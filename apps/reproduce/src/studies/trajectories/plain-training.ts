import { forwardEquivalents, type OuterOptimizer, plainStepCost } from '@metadistill/hypergrad';
import { type Bounds, type Controller, type Decision, projectOntoBox } from '@metadistill/trajectory';

/** Examples, row-major `[examples, features]`, with their class indices. */
export interface PlainSet {
  readonly inputs: Float64Array;
  readonly labels: Int32Array;
}

/** The synthetic experiment in plain numbers. */
export interface PlainProblem {
  readonly features: number;
  readonly classes: number;
  /** With the teacher's logits `[examples, classes]`. */
  readonly training: PlainSet & { readonly teacherLogits: Float64Array };
  readonly validation: PlainSet;
  readonly validationTemperature: number;
  readonly learningRate: number;
}

/** How a controller's gradient iterations move the metaparameters: fraction and temperature, in this order. */
export interface PlainTuning {
  readonly controller: Controller;
  readonly optimizer: OuterOptimizer;
  readonly bounds: Bounds;
}

/** Where a training begins: weights `[features, classes]` followed by biases, and metaparameters. */
export interface PlainStart {
  readonly weights: Float64Array;
  readonly metaparameters: readonly [distillationFraction: number, temperature: number];
}

/** What an iteration did, for whoever listens; the weights are lent until the next one. */
export interface PlainStep {
  readonly iteration: number;
  readonly action: Decision['action'];
  readonly metaparameters: readonly number[];
  readonly weights: Float64Array;
}

/** Forward passes of a plain step, and of one that makes an exact hypergradient of itself too. */
const plainStepForwards = forwardEquivalents(plainStepCost);
const hyperStepForwards = 8;

/**
 * Trains a logistic regression as `train` does with `mixed()`, simultaneous updates and gradient descent, in float64
 * and without tensors: dozens of times as fast, which is what a study of thousands of trainings needs.
 *
 * @returns the cost of an iteration in plain steps, on average.
 */
export function trainPlain(
  problem: PlainProblem,
  start: PlainStart,
  { controller, optimizer, bounds }: PlainTuning,
  iterations: number,
  listen: (step: PlainStep) => void,
): number {
  let weights = start.weights;
  let metaparameters: readonly number[] = start.metaparameters;
  let controllerState = controller.initialize();
  let outerState = optimizer.initialize(metaparameters);
  let cost = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const decision = controller.decide(controllerState, iteration);
    if (decision.action === 'predict') metaparameters = decision.metaparameters;
    const point = trainingPoint(problem, weights, metaparameters);
    const next = stepAlong(weights, point.gradient, -problem.learningRate);
    if (decision.action === 'gradient') {
      const hypergradient = hypergradientOf(problem, point, validationGradient(problem, next));
      const moved = optimizer.update(metaparameters, hypergradient, outerState);
      metaparameters = projectOntoBox(moved.metaparameters, bounds);
      outerState = moved.state;
    }
    cost += decision.action === 'gradient' ? hyperStepForwards : plainStepForwards;
    controllerState = controller.observe(controllerState, iteration, decision.action, metaparameters);
    weights = next;
    listen({ iteration, action: decision.action, metaparameters, weights });
  }
  return cost / (plainStepForwards * iterations);
}

/** The share of examples whose largest logit is the label's; the first class wins a tie. */
export function accuracyOf(
  { features, classes }: Pick<PlainProblem, 'features' | 'classes'>,
  weights: Float64Array,
  { inputs, labels }: PlainSet,
): number {
  const logits = logitsOf(features, classes, weights, inputs);
  let correct = 0;
  for (let example = 0; example < labels.length; example++) {
    const row = logits.subarray(example * classes, (example + 1) * classes);
    if (row.indexOf(Math.max(...row)) === labels[example]) correct++;
  }
  return correct / labels.length;
}

interface TrainingPoint {
  /** ∂L/∂w, laid out as the weights. */
  readonly gradient: Float64Array;
  /** ∂²L/∂z∂f and ∂²L/∂z∂T, `[examples, classes]`. */
  readonly byFraction: Float64Array;
  readonly byTemperature: Float64Array;
}

/** L = (1 − f) CE(z) + f KL(softmax(t/T) ‖ softmax(z/T)), averaged over the examples. */
function trainingPoint(
  { features, classes, training }: PlainProblem,
  weights: Float64Array,
  [fraction, temperature]: readonly number[],
): TrainingPoint {
  const { inputs, labels, teacherLogits } = training;
  const [f, T] = [fraction as number, temperature as number];
  const z = logitsOf(features, classes, weights, inputs);
  const [plain, p, q] = [
    softmaxOf(z, classes, 1),
    softmaxOf(z, classes, T),
    softmaxOf(teacherLogits, classes, T),
  ];
  const residual = new Float64Array(z.length);
  const byFraction = new Float64Array(z.length);
  const byTemperature = new Float64Array(z.length);
  const examples = labels.length;
  for (let example = 0; example < examples; example++) {
    const first = example * classes;
    let [meanZ, meanT] = [0, 0];
    for (let i = first; i < first + classes; i++) {
      meanZ += (p[i] as number) * (z[i] as number);
      meanT += (q[i] as number) * (teacherLogits[i] as number);
    }
    for (let i = first; i < first + classes; i++) {
      const [pi, qi] = [p[i] as number, q[i] as number];
      const hard = (plain[i] as number) - (i - first === labels[example] ? 1 : 0);
      const soft = (pi - qi) / T;
      residual[i] = ((1 - f) * hard + f * soft) / examples;
      byFraction[i] = (soft - hard) / examples;
      // ∂p/∂T = −p (z − E_p z)/T², and alike for q.
      const change = (pi * ((z[i] as number) - meanZ) - qi * ((teacherLogits[i] as number) - meanT)) / T ** 2;
      byTemperature[i] = (-f * (soft + change)) / (T * examples);
    }
  }
  return { gradient: pullBack(features, classes, residual, inputs), byFraction, byTemperature };
}

/** ∂V/∂w of the cross-entropy at the validation temperature. */
function validationGradient(
  { features, classes, validation, validationTemperature }: PlainProblem,
  weights: Float64Array,
): Float64Array {
  const { inputs, labels } = validation;
  const residual = softmaxOf(logitsOf(features, classes, weights, inputs), classes, validationTemperature);
  for (let example = 0; example < labels.length; example++) {
    const label = example * classes + (labels[example] as number);
    residual[label] = (residual[label] as number) - 1;
  }
  const scale = 1 / (validationTemperature * labels.length);
  return pullBack(features, classes, residual, inputs).map((entry) => entry * scale);
}

/** −γ ⟨J v, ∂²L/∂z∂λ_j⟩: logits are linear in the weights, so that J v is a forward pass of v. */
function hypergradientOf(
  { features, classes, training, learningRate }: PlainProblem,
  { byFraction, byTemperature }: TrainingPoint,
  direction: Float64Array,
): readonly [number, number] {
  const along = logitsOf(features, classes, direction, training.inputs);
  let [first, second] = [0, 0];
  for (let i = 0; i < along.length; i++) {
    first += (along[i] as number) * (byFraction[i] as number);
    second += (along[i] as number) * (byTemperature[i] as number);
  }
  return [-learningRate * first, -learningRate * second];
}

function logitsOf(
  features: number,
  classes: number,
  weights: Float64Array,
  inputs: Float64Array,
): Float64Array {
  const examples = inputs.length / features;
  const logits = new Float64Array(examples * classes);
  for (let example = 0; example < examples; example++) {
    for (let k = 0; k < classes; k++) {
      let sum = weights[features * classes + k] as number;
      for (let j = 0; j < features; j++) {
        sum += (inputs[example * features + j] as number) * (weights[j * classes + k] as number);
      }
      logits[example * classes + k] = sum;
    }
  }
  return logits;
}

/** Jᵀ of `logitsOf`, applied to `[examples, classes]`. */
function pullBack(
  features: number,
  classes: number,
  cotangent: Float64Array,
  inputs: Float64Array,
): Float64Array {
  const examples = inputs.length / features;
  const gradient = new Float64Array((features + 1) * classes);
  for (let k = 0; k < classes; k++) {
    for (let j = 0; j <= features; j++) {
      let sum = 0;
      for (let example = 0; example < examples; example++) {
        const input = j < features ? (inputs[example * features + j] as number) : 1;
        sum += input * (cotangent[example * classes + k] as number);
      }
      gradient[j * classes + k] = sum;
    }
  }
  return gradient;
}

function softmaxOf(logits: Float64Array, classes: number, temperature: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let first = 0; first < logits.length; first += classes) {
    let largest = logits[first] as number;
    for (let k = 1; k < classes; k++) {
      const logit = logits[first + k] as number;
      if (logit > largest) largest = logit;
    }
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const exponential = Math.exp(((logits[first + k] as number) - largest) / temperature);
      probabilities[first + k] = exponential;
      sum += exponential;
    }
    for (let k = 0; k < classes; k++) probabilities[first + k] = (probabilities[first + k] as number) / sum;
  }
  return probabilities;
}

const stepAlong = (weights: Float64Array, direction: Float64Array, length: number): Float64Array =>
  weights.map((weight, i) => weight + length * (direction[i] as number));
