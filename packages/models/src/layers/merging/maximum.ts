import { checkOptions } from '@metadistill/options';
import type { LayerOptions, MergingLayer, OpaqueCache } from '../../types.js';
import { opaqueMerging } from '../rules/opaque.js';
import { extremum } from './extremum.js';

export type MaximumOptions = LayerOptions;

/** The largest of inputs of one shape, elementwise; a length of 1 is repeated, and the first of equal ones takes the gradient. */
export function maximum(options: MaximumOptions = {}): MergingLayer<OpaqueCache<'maximum'>> {
  checkOptions('maximum', options, { name: true });
  const { name = 'maximum' } = options;
  return opaqueMerging({ ...extremum(name, 'maximum'), keras: () => ({ factory: 'maximum', config: {} }) });
}
