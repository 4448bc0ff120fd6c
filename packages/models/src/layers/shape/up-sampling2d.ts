import { checkOptions, describeValue } from '@metadistill/options';
import { avgPool, mul, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { resizeBilinear, resizeBilinearTranspose } from '../../kernels/resize-bilinear.js';
import { runKernel } from '../../kernels/run-fused.js';
import { expectExampleShape, type Size2d, sizePair } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { linear } from '../rules/linear.js';
import { opaque } from '../rules/opaque.js';

export interface UpSampling2dOptions extends LayerOptions {
  /** How many times as many rows and columns. Default: 2. */
  readonly size?: Size2d;
  /** `nearest` (the default) repeats pixels; `bilinear` mixes them as TensorFlow.js does, see below. */
  readonly interpolation?: 'nearest' | 'bilinear';
}

/**
 * Larger images: `[batch, height, width, channels]` to `[batch, height · size, width · size, channels]`.
 *
 * Bilinear: row i of the output is at i / size of the input, so that each pixel stands first among those made of it, and
 * rows behind the last repeat it; the same for columns.
 *
 * @throws RangeError if a size is not a positive integer, or there is no such interpolation.
 */
export function upSampling2d(options: UpSampling2dOptions = {}): Layer<OpaqueCache<'upSampling2d'>> {
  checkOptions('upSampling2d', options, { size: true, interpolation: true, name: true });
  const { interpolation = 'nearest', name = 'upSampling2d' } = options;
  const size = sizePair(name, 'size', options.size ?? 2);
  if (interpolation !== 'nearest' && interpolation !== 'bilinear') {
    throw new RangeError(
      `${name}: interpolation is ${describeValue(interpolation)}; expected 'nearest' or 'bilinear'.`,
    );
  }
  const { apply, transpose } = interpolation === 'nearest' ? nearest : bilinear;
  return opaque({
    ...linear({
      name,
      outputShape(inputShape) {
        expectExampleShape(name, inputShape, [undefined, undefined, inputShape[2]], 'It enlarges images.');
        const [height, width, channels] = inputShape as [number, number, number];
        return [size[0] * height, size[1] * width, channels];
      },
      apply: (x) => apply(x as Tensor4D, size),
      transpose: (dy) => transpose(dy as Tensor4D, size),
    }),
    keras: () => ({ factory: 'upSampling2d', config: { size, interpolation } }),
  });
}

type Size = readonly [number, number];

const nearest = {
  // Half-pixel centres never fall between two pixels, where rounding would decide.
  apply: (x: Tensor4D, [rows, columns]: Size): Tensor =>
    runKernel(
      'ResizeNearestNeighbor',
      { images: x },
      { alignCorners: false, halfPixelCenters: true, size: [rows * x.shape[1], columns * x.shape[2]] },
    )[0]!,
  // What a pixel was copied to, summed.
  transpose: (dy: Tensor4D, [rows, columns]: Size): Tensor =>
    mul(avgPool(dy, [rows, columns], [rows, columns], 'valid'), rows * columns),
};

const bilinear = { apply: resizeBilinear, transpose: resizeBilinearTranspose };
