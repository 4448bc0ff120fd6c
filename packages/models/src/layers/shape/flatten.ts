import { checkOptions } from '@metadistill/options';
import { reshape } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { linear } from '../rules/linear.js';
import { opaque } from '../rules/opaque.js';

export type FlattenOptions = LayerOptions;

/** `[batch, ...shape]` as `[batch, values]`, row-major: of an image, channels vary fastest. */
export function flatten(options: FlattenOptions = {}): Layer<OpaqueCache<'flatten'>> {
  checkOptions('flatten', options, { name: true });
  const { name = 'flatten' } = options;
  return opaque({
    ...linear({
      name,
      outputShape: (inputShape) => [sizeOf(inputShape)],
      apply: (x) => reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))]),
      transpose: (dy, inputShape) => reshape(dy, [...inputShape]),
    }),
    // tfjs-layers does not flatten what is flat.
    keras: ({ length }) => (length > 1 ? { factory: 'flatten', config: {} } : { layers: [], nodes: [] }),
  });
}
