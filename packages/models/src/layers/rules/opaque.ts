import type { Layer, MergingLayer, OpaqueCache } from '../../types.js';

/** A layer whose caches only its own rules can read, as far as types go. */
export const opaque = <Maker extends string>(layer: Layer): Layer<OpaqueCache<Maker>> =>
  layer as Layer<OpaqueCache<Maker>>;

/** The same of a merging layer. */
export const opaqueMerging = <Maker extends string>(layer: MergingLayer): MergingLayer<OpaqueCache<Maker>> =>
  layer as MergingLayer<OpaqueCache<Maker>>;
