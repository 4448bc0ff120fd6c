import { checkOptions } from '@metadistill/options';
import { framed } from '../../kernels/framed.js';
import { expectExampleShape, formatBatchShape } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { linear } from '../rules/linear.js';
import { opaque } from '../rules/opaque.js';
import { checkMargins, type Margins } from './margins.js';

export interface Cropping2dOptions extends LayerOptions {
  /** Rows and columns to cut off. */
  readonly cropping: Margins;
}

/**
 * The inside of images: `[batch, height, width, channels]` to `[batch, height − above − below, width − left − right,
 * channels]`.
 *
 * @throws RangeError if `cropping` is not made of whole numbers.
 */
export function cropping2d(options: Cropping2dOptions): Layer<OpaqueCache<'cropping2d'>> {
  checkOptions('cropping2d', options, { cropping: true, name: true });
  const { cropping, name = 'cropping2d' } = options;
  const { above, below, left, right } = checkMargins(name, 'cropping', cropping);
  const sidesOf = (height: number, width: number) => [height - above - below, width - left - right];
  return opaque({
    ...linear({
      name,
      outputShape(inputShape) {
        expectExampleShape(name, inputShape, [undefined, undefined, inputShape[2]], 'It crops images.');
        const [height, width, channels] = inputShape as [number, number, number];
        const sides = sidesOf(height, width);
        if (Math.min(...sides) > 0) return [...sides, channels];
        throw new RangeError(
          `${name}: input has shape ${formatBatchShape(inputShape)}; expected more than ${above + below} rows and ${left + right} columns. Crop less.`,
        );
      },
      apply: (x) => framed(x, [-above, -left], sidesOf(x.shape[1]!, x.shape[2]!)),
      transpose: (dy, inputShape) => framed(dy, [above, left], inputShape.slice(1, 3)),
    }),
    keras: () => ({
      factory: 'cropping2D',
      config: {
        cropping: [
          [above, below],
          [left, right],
        ],
      },
    }),
  });
}
