import {
  finiteDifference,
  gradientDescent,
  type LogitBatch,
  metaparameterSpace,
  mixed,
} from '@metadistill/hypergrad';
import type { BatchSource, MetaOptimization } from '@metadistill/trainer';
import { alternate, always, linear } from '@metadistill/trajectory';
import type { Protocol } from '../experiment.js';
import type { MetaparameterName } from './draw-metaparameters.js';
import type { MethodKind } from './methods.js';

/** The settings of an experiment that its gradient methods read. */
export interface MetaSettings {
  readonly metaLearningRate: number;
  /** Largest component of a hypergradient that moves a metaparameter. */
  readonly metaClipValue: number;
  readonly temperatureLow: number;
  readonly temperatureHigh: number;
}

/**
 * How a gradient method tunes the metaparameters.
 *
 * The paper's methods differentiate by a finite difference and take each step with the metaparameters that it led
 * to; ours is exact and takes the step that it differentiated. Predictions stay raw in the published protocol and are
 * projected in the corrected one.
 *
 * @param schedule.restartEvery iterations after which blocks count from 0 again.
 * @param schedule.virtualLearningRate of the look-ahead, where it is not that of the step.
 */
export function metaOptimization(
  method: MethodKind & { readonly kind: 'gradient' },
  settings: MetaSettings,
  protocol: Protocol,
  validationBatches: BatchSource<LogitBatch>,
  schedule: { readonly restartEvery?: number; readonly virtualLearningRate?: number } = {},
): MetaOptimization<MetaparameterName, LogitBatch> {
  const { virtualLearningRate, ...restart } = schedule;
  const space = metaparameterSpace<MetaparameterName>({
    distillationFraction: { bounds: [0, 1] },
    temperature: { bounds: [settings.temperatureLow, settings.temperatureHigh] },
  });
  const bounds = protocol === 'corrected' ? { bounds: space.bounds } : {};
  const exact = method.hypergradient === 'exact';
  return {
    method: exact
      ? mixed()
      : finiteDifference(virtualLearningRate === undefined ? {} : { virtualLearningRate }),
    optimizer: gradientDescent({
      learningRate: settings.metaLearningRate,
      clipValue: settings.metaClipValue,
    }),
    validationBatches,
    controller: method.predict
      ? alternate({ ...method.predict, predictor: linear(), ...bounds, ...restart })
      : always(),
    space,
    update: exact ? 'simultaneous' : 'sequential',
    // The authors' code counts a NaN as zero.
    onNaN: protocol === 'published' ? 'zero' : 'throw',
  };
}
