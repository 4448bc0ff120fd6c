import type { Layer, MergingLayer } from '../../types.js';
import type { LayersModelLayer } from '../types.js';

/** A layer of tfjs-layers at a place of its model, as its compilation reads it. */
export interface LayerSource {
  /** What errors call the layer of ours. */
  readonly name: string;
  readonly layer: LayersModelLayer;
  /** `getConfig()`: options of tfjs-layers, as they are documented there. */
  readonly config: Readonly<Record<string, unknown>>;
  /** One example's shapes. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  /** A weight's shape by its name, such as `kernel`; undefined if the layer does without. */
  shapeOf(weight: string): readonly number[] | undefined;
}

/** A layer of ours, and where the LayersModel keeps its parameters, then its statistics: names of weights, or a constant for all values. */
export interface CompiledStep {
  readonly layer: Layer | MergingLayer;
  readonly weights?: readonly (string | number)[];
  /** What the step does, if it may be fused with the steps around it. */
  readonly fusion?: Fusion;
}

export type Fusion =
  | { readonly kind: 'batchNorm'; readonly options: BatchNormFusion }
  | { readonly kind: 'relu' }
  | { readonly kind: 'maxPool2' };

export interface BatchNormFusion {
  readonly channels: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly movingVariance: 'biased';
}

/**
 * A layer of tfjs-layers as layers of ours, one after the other, the first of which reads what it reads; undefined for a
 * configuration that has no rules of ours.
 */
export type Compile = (source: LayerSource) => readonly CompiledStep[] | undefined;
