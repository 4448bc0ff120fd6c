import { checkOptions } from '@metadistill/options';
import { framed } from '../../kernels/framed.js';
import { expectExampleShape } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { linear } from '../rules/linear.js';
import { opaque } from '../rules/opaque.js';
import { checkMargins, type Margins } from './margins.js';

export interface ZeroPadding2dOptions extends LayerOptions {
  /** Rows and columns of zeros to add. Default: 1 on each side. */
  readonly padding?: Margins;
}

/**
 * Zeros around images: `[batch, height, width, channels]` to `[batch, above + height + below, left + width + right,
 * channels]`.
 *
 * @throws RangeError if `padding` is not made of whole numbers.
 */
export function zeroPadding2d(options: ZeroPadding2dOptions = {}): Layer<OpaqueCache<'zeroPadding2d'>> {
  checkOptions('zeroPadding2d', options, { padding: true, name: true });
  const { padding = 1, name = 'zeroPadding2d' } = options;
  const { above, below, left, right } = checkMargins(name, 'padding', padding);
  const sidesOf = (height: number, width: number) => [above + height + below, left + width + right];
  return opaque({
    ...linear({
      name,
      outputShape(inputShape) {
        expectExampleShape(name, inputShape, [undefined, undefined, inputShape[2]], 'It pads images.');
        const [height, width, channels] = inputShape as [number, number, number];
        return [...sidesOf(height, width), channels];
      },
      apply: (x) => framed(x, [above, left], sidesOf(x.shape[1]!, x.shape[2]!)),
      transpose: (dy, inputShape) => framed(dy, [-above, -left], inputShape.slice(1, 3)),
    }),
    keras: () => ({
      factory: 'zeroPadding2d',
      config: {
        padding: [
          [above, below],
          [left, right],
        ],
      },
    }),
  });
}
