import type { KerasGraph, Layer } from '../../types.js';

/** Layers one after the other, as tfjs-layers is told of them. */
export const chain = (layers: readonly Layer[]): KerasGraph => ({
  layers,
  nodes: layers.map((_, i) => ({ layer: i, from: [i - 1] })),
});
