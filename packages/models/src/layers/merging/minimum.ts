import { checkOptions } from '@metadistill/options';
import type { LayerOptions, MergingLayer, OpaqueCache } from '../../types.js';
import { opaqueMerging } from '../rules/opaque.js';
import { extremum } from './extremum.js';

export type MinimumOptions = LayerOptions;

/** The smallest of inputs of one shape, elementwise; a length of 1 is repeated, and the first of equal ones takes the gradient. */
export function minimum(options: MinimumOptions = {}): MergingLayer<OpaqueCache<'minimum'>> {
  checkOptions('minimum', options, { name: true });
  const { name = 'minimum' } = options;
  return opaqueMerging({ ...extremum(name, 'minimum'), keras: () => ({ factory: 'minimum', config: {} }) });
}
