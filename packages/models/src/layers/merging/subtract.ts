import { checkOptions } from '@metadistill/options';
import type { LayerOptions, MergingLayer, OpaqueCache } from '../../types.js';
import { rescaling } from '../normalization/rescaling.js';
import { opaqueMerging } from '../rules/opaque.js';
import { add } from './add.js';
import { weightedSum } from './weighted-sum.js';

export type SubtractOptions = LayerOptions;

/** The difference y = x₁ − x₂ of inputs of one shape; a length of 1 is repeated. */
export function subtract(options: SubtractOptions = {}): MergingLayer<OpaqueCache<'subtract'>> {
  checkOptions('subtract', options, { name: true });
  const { name = 'subtract' } = options;
  return opaqueMerging({
    ...weightedSum(name, (k) => (k === 0 ? 1 : -1)),
    // tfjs-layers subtracts nothing: x₁ + (−1) x₂.
    keras: ([, ...subtrahends]) => ({
      layers: [rescaling({ name: 'negation', scale: -1 }), add({ name: '' })],
      nodes: [
        ...subtrahends.map((_, k) => ({ layer: 0, from: [-2 - k] })),
        { layer: 1, from: [-1, ...subtrahends.keys()] },
      ],
    }),
  });
}
