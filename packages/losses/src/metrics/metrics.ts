import { checkOptions, describeValue } from '@metadistill/options';
import { checkFiniteLogits, checkTeacherRows } from './check-finite-logits.js';
import { checkLabels } from './check-labels.js';

/** Numbers of a classifier on examples whose labels are known; fractions in [0, 1], logarithms natural. */
export interface Metrics {
  /** The share of examples whose largest logit is the label's. */
  readonly accuracy: number;
  /** The share whose label is among the k largest logits. */
  readonly topKAccuracy: number;
  /** −mean log p_y. */
  readonly negativeLogLikelihood: number;
  /** Σ over equal-width bins of confidence: share of examples · |accuracy − mean confidence|. */
  readonly expectedCalibrationError: number;
  /** Mean of Σ_k (p_k − onehot_k)²: in [0, 2]. */
  readonly brierScore: number;
  /** Mean entropy of the predictions. */
  readonly entropy: number;
}

/** Numbers that compare a student with its teacher. */
export interface TeacherMetrics {
  /** The share of examples on which both prefer the same class. */
  readonly teacherAgreement: number;
  /** Mean KL(teacher ‖ student) at temperature 1. */
  readonly teacherKL: number;
}

export interface ClassificationMetricsOptions {
  /** Row-major `[examples, classes]`, of any size. */
  readonly logits: ArrayLike<number>;
  /** `[examples]` class indices, 0 <= label < classes. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  /** k of the top-k accuracy; by default 5, or the number of classes if there are fewer. */
  readonly topK?: number;
  /** Bins of confidence; by default 15. */
  readonly bins?: number;
}

/**
 * Accuracy, likelihood and calibration, in float64 on the host. Of equal logits the first class wins.
 *
 * @throws RangeError if lengths do not match, there is no example, a label is out of range or a logit not finite.
 * @see Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks, equation 3.
 */
export function classificationMetrics(options: ClassificationMetricsOptions): Metrics {
  checkOptions('classificationMetrics', options, {
    logits: 'numbers',
    labels: 'numbers',
    classes: 'number',
    topK: true,
    bins: true,
  });
  const { logits, labels, classes, topK = Math.min(5, classes), bins = 15 } = options;
  checkLogits('classificationMetrics', 'logits', logits, labels.length, classes);
  checkLabels('classificationMetrics', labels, classes);
  checkInteger('topK', topK);
  checkInteger('bins', bins);

  const examples = labels.length;
  const binned = Array.from({ length: bins }, () => ({ confidence: 0, correct: 0 }));
  const totals = { correct: 0, withinTopK: 0, likelihood: 0, brier: 0, entropy: 0 };
  const row = new Float64Array(classes);
  for (let example = 0; example < examples; example += 1) {
    const label = labels[example] as number;
    fillLogSoftmax(row, logits, example * classes);
    const atLabel = row[label] as number;
    const best = argMax(row);
    const correct = best === label ? 1 : 0;
    let before = 0;
    for (let k = 0; k < classes; k += 1) {
      const logProbability = row[k] as number;
      const probability = Math.exp(logProbability);
      if (logProbability > atLabel || (logProbability === atLabel && k < label)) before += 1;
      totals.brier += (probability - (k === label ? 1 : 0)) ** 2;
      if (probability > 0) totals.entropy -= probability * logProbability;
    }
    totals.correct += correct;
    totals.withinTopK += before < topK ? 1 : 0;
    totals.likelihood += atLabel;
    const confidence = Math.exp(row[best] as number);
    const bin = binned[Math.min(bins - 1, Math.floor(confidence * bins))] as (typeof binned)[number];
    bin.confidence += confidence;
    bin.correct += correct;
  }
  const gaps = binned.map(({ confidence, correct }) => Math.abs(correct - confidence));
  return {
    accuracy: totals.correct / examples,
    topKAccuracy: totals.withinTopK / examples,
    negativeLogLikelihood: -totals.likelihood / examples,
    expectedCalibrationError: gaps.reduce((sum, gap) => sum + gap, 0) / examples,
    brierScore: totals.brier / examples,
    entropy: totals.entropy / examples,
  };
}

export interface TeacherMetricsOptions {
  /** Row-major `[examples, classes]`. */
  readonly studentLogits: ArrayLike<number>;
  /** Of the same examples, in the same shape. */
  readonly teacherLogits: ArrayLike<number>;
  readonly classes: number;
}

/**
 * How far a student follows its teacher, in float64 on the host.
 *
 * @throws RangeError if lengths do not match, there is no example or a logit is not finite; a teacher's may be −Infinity, of a
 *   class that it masks.
 * @see Stanton, Izmailov, Kirichenko, Alemi, Wilson (2021), Does knowledge distillation really work?, section 3.
 */
export function teacherMetrics(options: TeacherMetricsOptions): TeacherMetrics {
  checkOptions('teacherMetrics', options, {
    studentLogits: 'numbers',
    teacherLogits: 'numbers',
    classes: 'number',
  });
  const { studentLogits, teacherLogits, classes } = options;
  const examples = teacherLogits.length / classes;
  checkLogits('teacherMetrics', 'studentLogits', studentLogits, examples, classes);
  checkTeacherRows('teacherMetrics', 'teacherLogits', teacherLogits, classes);
  let agreements = 0;
  let divergence = 0;
  const [student, teacher] = [new Float64Array(classes), new Float64Array(classes)];
  for (let example = 0; example < examples; example += 1) {
    fillLogSoftmax(student, studentLogits, example * classes);
    fillLogSoftmax(teacher, teacherLogits, example * classes);
    agreements += argMax(student) === argMax(teacher) ? 1 : 0;
    for (let k = 0; k < classes; k += 1) {
      const logProbability = teacher[k] as number;
      const probability = Math.exp(logProbability);
      // A masked class has the logarithm −Infinity.
      if (probability > 0) divergence += probability * (logProbability - (student[k] as number));
    }
  }
  return { teacherAgreement: agreements / examples, teacherKL: Math.max(0, divergence / examples) };
}

/** Fills `row` with the logarithms of the softmax of as many logits from `start` on. */
function fillLogSoftmax(row: Float64Array, logits: ArrayLike<number>, start: number): void {
  let top = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < row.length; k += 1) top = Math.max(top, logits[start + k] as number);
  let total = 0;
  for (let k = 0; k < row.length; k += 1) total += Math.exp((logits[start + k] as number) - top);
  const logTotal = Math.log(total);
  for (let k = 0; k < row.length; k += 1) row[k] = (logits[start + k] as number) - top - logTotal;
}

/** The place of the largest value, the first among equals. */
function argMax(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k += 1) {
    if ((values[k] as number) > (values[best] as number)) best = k;
  }
  return best;
}

function checkLogits(
  caller: string,
  name: string,
  logits: ArrayLike<number>,
  examples: number,
  classes: number,
): void {
  if (!(examples > 0) || logits.length !== examples * classes) {
    throw new RangeError(
      `${caller}: ${name} has ${logits.length} values; expected ${examples} examples of ${classes} classes, at least ` +
        'one. Do logits and labels come from the same data?',
    );
  }
  checkFiniteLogits(caller, name, logits, classes);
}

function checkInteger(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `classificationMetrics: ${name} is ${describeValue(value)}; expected an integer of at least 1.`,
    );
  }
}
