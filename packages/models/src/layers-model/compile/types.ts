import type { DerivableLayer, DerivableMergingLayer } from '../../layers/containers/several-inputs.js';
import type { Fusion } from '../families/types.js';
import type { LayersModelWeight } from '../types.js';
import type { RunByTensorFlow } from './run-applications.js';

/** A step in the graph of a model. */
export interface CompiledNode {
  readonly layer: DerivableLayer | DerivableMergingLayer;
  /** Numbers of earlier nodes; −1 for the input of the model. */
  readonly from: readonly number[];
  /** The weights of the LayersModel that are the layer's parameters, then its statistics. */
  readonly weights: readonly (LayersModelWeight | number)[];
  readonly fusion?: Fusion | undefined;
  /** Of a node that TensorFlow.js runs: what it runs. */
  readonly foreign?: RunByTensorFlow;
}
