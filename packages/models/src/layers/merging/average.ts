import { checkOptions } from '@metadistill/options';
import type { LayerOptions, MergingLayer, OpaqueCache } from '../../types.js';
import { opaqueMerging } from '../rules/opaque.js';
import { weightedSum } from './weighted-sum.js';

export type AverageOptions = LayerOptions;

/** The mean y = (1/n) Σ x_k of inputs of one shape; a length of 1 is repeated. */
export function average(options: AverageOptions = {}): MergingLayer<OpaqueCache<'average'>> {
  checkOptions('average', options, { name: true });
  const { name = 'average' } = options;
  return opaqueMerging({
    ...weightedSum(name, (_k, inputs) => 1 / inputs),
    keras: () => ({ factory: 'average', config: {} }),
  });
}
