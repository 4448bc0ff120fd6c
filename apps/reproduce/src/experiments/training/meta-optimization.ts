import {
  adamDescent,
  finiteDifference,
  gradientDescent,
  type LogitBatch,
  metaparameterSpace,
  mixed,
  paperDifference,
} from '@metadistill/hypergrad';
import type { MixMetaparameter } from '@metadistill/losses';
import type { BatchSource, MetaOptimization } from '@metadistill/trainer';
import {
  alternate,
  always,
  autoregressive,
  type Bounds,
  type Controller,
  everyKth,
  linear,
} from '@metadistill/trajectory';
import type { Protocol } from '../../runs/experiment.js';
import type { TemperatureBounds } from './draw-metaparameters.js';
import type { GradientMethod } from './methods.js';
import { agreementTemperatures } from './objectives.js';

/** The settings of an experiment that its gradient methods read. */
export interface MetaSettings extends TemperatureBounds {
  readonly metaLearningRate: number;
  /** Largest component of a hypergradient that moves a metaparameter. */
  readonly metaClipValue: number;
}

/** What the authors' code for images does, and the corrected protocol does not. */
export interface PublishedSchedule {
  /** Iterations after which blocks count from 0 again. */
  readonly restartEvery?: number;
  /** Of the look-ahead, where it is not that of the step. */
  readonly virtualLearningRate?: number;
}

/**
 * How a gradient method tunes the metaparameters.
 *
 * The paper's methods differentiate by a finite difference and take each step with the metaparameters that it led
 * to; ours is exact and takes the step that it differentiated. Its linear predictions stay raw in the published
 * protocol; all others are projected into the bounds.
 */
export function metaOptimization(
  method: GradientMethod,
  settings: MetaSettings,
  protocol: Protocol,
  validationBatches: BatchSource<LogitBatch>,
  { virtualLearningRate, restartEvery }: PublishedSchedule = {},
): MetaOptimization<MixMetaparameter, LogitBatch> {
  if (method.objective === 'agreement') return byAgreement(method, validationBatches);
  const space = metaparameterSpace<MixMetaparameter>({
    distillationFraction: { bounds: [0, 1] },
    temperature: { bounds: [settings.temperatureLow, settings.temperatureHigh] },
  });
  const exact = method.hypergradient === 'exact';
  return {
    method: exact
      ? mixed()
      : finiteDifference({ ...paperDifference, ...(virtualLearningRate && { virtualLearningRate }) }),
    optimizer: gradientDescent({
      learningRate: settings.metaLearningRate * (method.every ?? 1),
      clipValue: settings.metaClipValue,
    }),
    validationBatches,
    controller: controllerOf(method, protocol, space.bounds, restartEvery),
    space,
    update: exact ? 'simultaneous' : 'sequential',
    // The authors' code counts a NaN as zero.
    onNaN: protocol === 'published' ? 'zero' : 'throw',
  };
}

/** What `distil` does if it is told to tune. */
const byAgreement = (
  { every = 1 }: GradientMethod,
  validationBatches: BatchSource<LogitBatch>,
): MetaOptimization<MixMetaparameter, LogitBatch> => ({
  method: mixed({ scaleFree: true }),
  optimizer: adamDescent({ learningRate: 0.1, beta2: 0.95 }),
  validationBatches,
  controller: everyKth(every),
  space: metaparameterSpace<MixMetaparameter>({
    distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
    temperature: { bounds: agreementTemperatures, transform: 'log' },
  }),
});

function controllerOf(
  { every, predict }: GradientMethod,
  protocol: Protocol,
  bounds: Bounds,
  restartEvery: number | undefined,
): Controller {
  if (every !== undefined) return everyKth(every);
  if (!predict) return always();
  const raw = protocol === 'published' && predict.predictor === 'linear';
  return alternate({
    gradientIterations: predict.gradientIterations,
    period: predict.period,
    predictor: predict.predictor === 'linear' ? linear() : autoregressive(),
    ...(!raw && { bounds }),
    ...(restartEvery !== undefined && { restartEvery }),
  });
}
