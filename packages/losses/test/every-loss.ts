import { isArrayName } from '../src/arrays/array-names.js';
import { calibratedCrossEntropy } from '../src/classification/calibrated-cross-entropy.js';
import { crossEntropy } from '../src/classification/cross-entropy.js';
import { expectedError } from '../src/classification/expected-error.js';
import { smoothedCrossEntropy } from '../src/classification/smoothed-cross-entropy.js';
import { convexCombination } from '../src/combine/convex-combination.js';
import { standardizeLogits } from '../src/combine/standardize-logits.js';
import { weightedExamples } from '../src/combine/weighted-examples.js';
import { weightedSum } from '../src/combine/weighted-sum.js';
import { withFixed } from '../src/combine/with-fixed.js';
import { convexMix } from '../src/distillation/convex-mix.js';
import { dist } from '../src/distillation/dist.js';
import { distillation } from '../src/distillation/distillation.js';
import { dkd } from '../src/distillation/dkd.js';
import { groupedTemperature } from '../src/distillation/grouped-temperature.js';
import { nkd } from '../src/distillation/nkd.js';
import { teacherAgreement } from '../src/distillation/teacher-agreement.js';
import { transformedTeacher } from '../src/distillation/transformed-teacher.js';
import { attentionTransfer } from '../src/features/attention-transfer.js';
import { hint } from '../src/features/hint.js';
import { pkt } from '../src/features/pkt.js';
import { relationalAngle } from '../src/features/relational-angle.js';
import { relationalDistance } from '../src/features/relational-distance.js';
import { similarityPreserving } from '../src/features/similarity-preserving.js';
import type { FeatureLoss } from '../src/features/types.js';
import { matchedScaling } from '../src/scaling/matched-scaling.js';
import { trustMix } from '../src/teachers/trust-mix.js';
import type { LogitLoss, Metaparameters } from '../src/types.js';
import { calibratedScales } from './calibrated-scales.js';
import { correlationScales } from './correlation-scales.js';
import { labelsOf } from './entries.js';
import type { Batch } from './evaluate-loss.js';
import { ROUNDING, type Scales } from './expect-derivatives.js';
import { softmax } from './float64-reference.js';

/** A loss of logits as the tests across losses draw it: numerics, properties, derivatives at extremes, hypergradients. */
export interface ListedLogitLoss {
  /** The export that makes it. */
  readonly factory: string;
  readonly loss: LogitLoss<string>;
  /** The range of each of its metaparameters; of an array it is that of all its numbers. */
  readonly ranges: Readonly<Record<string, readonly [min: number, max: number]>>;
  /**
   * On which scales it changes, for `expectDerivatives`; undefined for a batch at a kink. Its metaparameters are numbers by
   * the labels of `entriesOf`.
   */
  readonly scales: (
    batch: Batch,
    metaparameters: Readonly<Record<string, number>>,
    largestLogit: number,
  ) => Scales | undefined;
  /** True if it depends on z/T, and so follows the temperature when the logits grow with it. */
  readonly tempered: boolean;
  /** If it vanishes with its gradient where the student is its teacher: at which metaparameters, and how nearly. */
  readonly vanishes?: { readonly tolerance: number; readonly at?: Metaparameters };
}

const TEMPERATURE = [0.05, 1e4] as const;
const WEIGHT = [0.1, 10] as const;
const FRACTION = [0.05, 0.95] as const;

/**
 * The scales of a loss of size `loss` made of softmaxes at temperatures from `coldest` on: as a function of z/T a softmax of
 * logits that move apart by 2 has no singularity within π/2.
 */
const scalesAt = (coldest: number, loss: number, largestLogit: number): Scales => ({
  step: 1 / 200,
  logits: coldest,
  metaparameter: (_, value) => value,
  loss,
  rounding: ROUNDING * (1 + largestLogit / coldest),
});

type Given = Pick<ListedLogitLoss, 'factory' | 'loss' | 'ranges'> & Partial<ListedLogitLoss>;

/** Terms at T alone. */
const atT = (given: Given & { readonly power: 0 | 2 }): ListedLogitLoss => ({
  tempered: true,
  scales: (_, metaparameters, largest) => {
    const temperatures = Object.entries(metaparameters).flatMap(([name, value]) =>
      name.startsWith('temperature') ? [value] : [],
    );
    const [coldest, hottest] = [Math.min(...temperatures), Math.max(...temperatures)];
    return scalesAt(coldest, hottest ** given.power, largest);
  },
  ...given,
});

/** A term at temperature 1 beside one at T. */
const atOneAndT = (given: Given & { readonly power: 0 | 2 }): ListedLogitLoss => ({
  tempered: true,
  scales: (_, { temperature }, largest) =>
    scalesAt(Math.min(1, temperature!), Math.max(1, temperature! ** given.power), largest),
  ...given,
});

/** Terms at a constant temperature, 1 by default. */
const atConstant = (given: Given & { readonly temperature?: number }): ListedLogitLoss => ({
  tempered: false,
  scales: (_, __, largest) => scalesAt(given.temperature ?? 1, 1, largest),
  ...given,
});

/** Divergences: zero for equal distributions, unlike cross-entropies. Rounding alone is left. */
const vanishes = { tolerance: 1e-12 };

/** Of a teacher of three examples. */
const matched = matchedScaling({
  teacherLogits: { values: [6, 1, -2, 0, 3, 2.5, -1, 4, -3], examples: 3, classes: 3 },
});

const divergences = ['forwardKL', 'reverseKL', 'softCrossEntropy', 'jensenShannon'] as const;
/**
 * Every exported loss of logits, each variant whose formula differs: a new one is a row here, and the tests across losses
 * include it.
 */
export const everyLogitLoss: readonly ListedLogitLoss[] = [
  atConstant({ factory: 'crossEntropy', loss: crossEntropy(), ranges: {} }),
  atConstant({
    factory: 'crossEntropy',
    loss: crossEntropy({ temperature: 0.05 }),
    ranges: {},
    temperature: 0.05,
  }),
  atConstant({
    factory: 'smoothedCrossEntropy',
    loss: smoothedCrossEntropy(),
    ranges: { labelSmoothing: FRACTION },
  }),
  atConstant({
    factory: 'calibratedCrossEntropy',
    loss: calibratedCrossEntropy(),
    ranges: {},
    scales: (batch, _, largest) => calibratedScales(batch, largest),
  }),
  atConstant({
    factory: 'expectedError',
    loss: expectedError(),
    ranges: {},
    scales: (batch, _, largest) => calibratedScales(batch, largest),
  }),
  atConstant({
    factory: 'expectedError',
    loss: expectedError({ temperature: 2 }),
    ranges: {},
    temperature: 2,
  }),
  ...(['trust', 'swap'] as const).map((wrongTeacher) =>
    atConstant({
      factory: 'teacherAgreement',
      loss: teacherAgreement({ temperature: 3, wrongTeacher }),
      ranges: {},
      temperature: 3,
      ...(wrongTeacher === 'trust' && { vanishes }),
    }),
  ),
  ...divergences.flatMap((divergence) =>
    (['none', 'squared'] as const).map((scaling) =>
      atT({
        factory: 'distillation',
        loss: distillation({ divergence, scaling }),
        ranges: { temperature: TEMPERATURE },
        power: scaling === 'none' ? 0 : 2,
        ...(divergence !== 'softCrossEntropy' && { vanishes }),
      }),
    ),
  ),
  atT({
    factory: 'distillation',
    loss: distillation({ scaling: matched }),
    ranges: { temperature: TEMPERATURE },
    power: 0,
    scales: (_, { temperature }, largest) => scalesAt(temperature!, matched.factor(temperature!), largest),
    vanishes,
  }),
  ...divergences.map((divergence) =>
    atT({
      factory: 'groupedTemperature',
      loss: groupedTemperature({ divergence, scaling: 'none', by: 'label', count: 6 }),
      ranges: { 'temperature[]': TEMPERATURE },
      power: 0,
      ...(divergence !== 'softCrossEntropy' && { vanishes }),
    }),
  ),
  atConstant({
    factory: 'trustMix',
    loss: trustMix({ teachers: 1, by: 'expert' }),
    ranges: { 'trust[]': [-3, 3] },
    // A softmax of the dials has no singularity within π/2.
    scales: (_, __, largest) => ({ ...scalesAt(5, 5, largest), metaparameter: () => 1 }),
  }),
  atConstant({
    factory: 'trustMix',
    loss: trustMix({ teachers: 1, by: 'expert', teacherTemperatures: 'own' }),
    ranges: { 'trust[]': [-3, 3], 'teacherTemperature[]': TEMPERATURE },
    scales: (_, __, largest) => ({
      ...scalesAt(5, 5, largest),
      metaparameter: (name, value) => (name.startsWith('trust') ? 1 : value),
    }),
  }),
  atOneAndT({
    factory: 'convexMix',
    loss: convexMix({ scaling: 'none' }),
    ranges: { distillationFraction: FRACTION, temperature: TEMPERATURE },
    power: 0,
  }),
  atOneAndT({
    factory: 'convexMix',
    loss: convexMix({ scaling: matched }),
    ranges: { distillationFraction: FRACTION, temperature: TEMPERATURE },
    power: 0,
    scales: (_, { temperature }, largest) =>
      scalesAt(Math.min(1, temperature!), Math.max(1, matched.factor(temperature!)), largest),
  }),
  atT({
    factory: 'dkd',
    loss: dkd({ scaling: 'none' }),
    ranges: { temperature: TEMPERATURE, targetWeight: WEIGHT, nonTargetWeight: WEIGHT },
    power: 0,
    vanishes,
  }),
  atOneAndT({
    factory: 'nkd',
    loss: nkd(),
    ranges: { temperature: TEMPERATURE, nonTargetWeight: WEIGHT },
    power: 2,
  }),
  atT({
    factory: 'dist',
    loss: dist({ scaling: 'none' }),
    ranges: { temperature: TEMPERATURE, interClassWeight: WEIGHT, intraClassWeight: WEIGHT },
    power: 0,
    scales: (batch, { temperature }, largest) => correlationScales(batch, temperature!, largest),
    // 1e-8 is added to the products of norms, which are small at a low temperature.
    vanishes: { tolerance: 1e-4, at: { temperature: 5, interClassWeight: 1, intraClassWeight: 1 } },
  }),
  ...[false, true].map((weighted) =>
    atConstant({
      factory: 'transformedTeacher',
      loss: transformedTeacher({ weighted }),
      ranges: { teacherPower: FRACTION },
      // Another power than 1 makes another teacher.
      vanishes: { ...vanishes, at: { teacherPower: 1 } },
    }),
  ),
  ...[false, true].map((unbiased) =>
    atConstant({
      factory: 'standardizeLogits',
      loss: standardizeLogits(distillation({ scaling: 'none' }), { unbiased }),
      ranges: { temperature: TEMPERATURE },
      // Its unit is each row's own deviation, over T; of a constant row it has a kink.
      scales: ({ student }, { temperature }, largest) => {
        const deviation = Math.min(...student.map(deviationOf));
        if (deviation < 1e-6 * largest) return undefined;
        return scalesAt(0.5 * deviation * Math.min(1, temperature!), 1, largest);
      },
      vanishes,
    }),
  ),
  atOneAndT({
    factory: 'convexCombination',
    loss: convexCombination({
      classification: smoothedCrossEntropy(),
      distillation: dkd({ scaling: 'none' }),
    }),
    ranges: {
      distillationFraction: FRACTION,
      labelSmoothing: FRACTION,
      temperature: TEMPERATURE,
      targetWeight: WEIGHT,
      nonTargetWeight: WEIGHT,
    },
    power: 0,
  }),
  atOneAndT({
    factory: 'weightedSum',
    loss: weightedSum({
      terms: [
        { loss: crossEntropy(), weight: 'classificationWeight' },
        { loss: distillation({ scaling: 'none' }), weight: 'distillationWeight' },
        { loss: distillation({ divergence: 'reverseKL', scaling: 'none' }), weight: 0.25 },
      ],
    }),
    ranges: { classificationWeight: WEIGHT, distillationWeight: WEIGHT, temperature: TEMPERATURE },
    power: 0,
  }),
  ...([{ by: 'label', count: 6 }, { by: 'confidence' }] as const).map((options) =>
    atConstant({
      factory: 'weightedExamples',
      loss: weightedExamples({ loss: smoothedCrossEntropy(), ...options }),
      ranges: { 'logWeight[]': [-3, 3], labelSmoothing: FRACTION },
      scales: (batch, metaparameters, largest) =>
        options.by === 'confidence' && isNearABin(batch)
          ? undefined
          : {
              ...scalesAt(1, 1, largest),
              // A softmax of the dials has no singularity within π/2.
              metaparameter: (name) => (name === 'labelSmoothing' ? metaparameters.labelSmoothing! : 1),
            },
    }),
  ),
  atT({
    factory: 'withFixed',
    loss: withFixed(dkd({ scaling: 'none' }), { targetWeight: 1 }),
    ranges: { temperature: TEMPERATURE, nonTargetWeight: WEIGHT },
    power: 0,
    vanishes,
  }),
];

/**
 * Do differences step over the edge of a bin of p_y, or to another first choice? Their longest steps are 4 of 1/200, which
 * move the difference of two logits by 0.04 and p_y by less than 0.02.
 */
const isNearABin = ({ student, labels }: Batch): boolean =>
  student.some((row, b) => {
    const tenths = 10 * softmax(row)[labels[b]!]!;
    const edge = Math.min(9, Math.max(1, Math.round(tenths)));
    const [first, second] = [...row].sort((x, y) => y - x) as [number, number];
    return Math.abs(tenths - edge) < 0.2 || first - second < 0.05;
  });

const deviationOf = (row: readonly number[]): number => {
  const centre = row.reduce((sum, value) => sum + value, 0) / row.length;
  return Math.hypot(...row.map((value) => value - centre)) / Math.sqrt(row.length);
};

/** Temperatures as given, every other metaparameter at that share of its range; the numbers of an array are spread from there. */
export const metaparametersAt = (
  { loss, ranges }: Pick<ListedLogitLoss, 'loss' | 'ranges'>,
  temperature: number,
  share = 0.5,
): Metaparameters =>
  Object.fromEntries(
    Object.entries(ranges).map(([name, [min, max]]) => {
      const numbers = labelsOf(loss.shapes, name).map((_, i) =>
        /temperature/i.test(name) ? temperature : min + ((share + 0.3 * i) % 1) * (max - min),
      );
      return [name, isArrayName(name) ? numbers : numbers[0]!];
    }),
  );

/** A feature loss as the tests across losses draw it. */
export interface ListedFeatureLoss {
  /** The export that makes it. */
  readonly factory: string;
  readonly loss: FeatureLoss;
  /** True if a constant added to all features changes nothing, so that it keeps its digits far from zero. */
  readonly shiftInvariant: boolean;
}

/** Every exported loss of features: a new one is a row here. */
export const everyFeatureLoss: readonly ListedFeatureLoss[] = [
  { factory: 'hint', loss: hint(), shiftInvariant: true },
  { factory: 'attentionTransfer', loss: attentionTransfer({ convention: 'code' }), shiftInvariant: false },
  { factory: 'attentionTransfer', loss: attentionTransfer({ convention: 'paper' }), shiftInvariant: false },
  { factory: 'pkt', loss: pkt({ reduction: 'elementMean' }), shiftInvariant: false },
  { factory: 'relationalDistance', loss: relationalDistance(), shiftInvariant: true },
  { factory: 'relationalAngle', loss: relationalAngle(), shiftInvariant: true },
  { factory: 'similarityPreserving', loss: similarityPreserving(), shiftInvariant: false },
];
