import { checkOptions } from '@metadistill/options';
import type { LayerOptions, MergingLayer, OpaqueCache } from '../../types.js';
import { opaqueMerging } from '../rules/opaque.js';
import { weightedSum } from './weighted-sum.js';

export type AddOptions = LayerOptions;

/** The sum y = Σ x_k of inputs of one shape; a length of 1 is repeated. */
export function add(options: AddOptions = {}): MergingLayer<OpaqueCache<'add'>> {
  checkOptions('add', options, { name: true });
  const { name = 'add' } = options;
  return opaqueMerging({ ...weightedSum(name, () => 1), keras: () => ({ factory: 'add', config: {} }) });
}
