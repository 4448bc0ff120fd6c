import { checkOptions, describeValue } from '@metadistill/options';
import type { TorchRandom } from '../random/torch-random.js';

/**
 * Makes other images of a batch, uint8 `[batch, ...exampleShape]` in and out; the input stays. Draws from the stream
 * alone, so that equal streams make equal images.
 */
export type Augmentation = (
  pixels: Uint8Array,
  exampleShape: readonly number[],
  random: TorchRandom,
) => Uint8Array;

export interface FlipAndCropOptions {
  /** Black pixels around the image that the crop may reach into; default 4. */
  readonly padding?: number;
  /** Whether images are mirrored, left to right, half of the time; default true. */
  readonly flip?: boolean;
}

/**
 * The usual augmentation of CIFAR-10, as the authors': a flip with probability ½, then a crop of the image's size out of
 * the image with 4 black pixels around it.
 *
 * Draws what `RandomHorizontalFlip` and `RandomCrop` of torchvision draw, image by image: equal seeds of PyTorch give
 * equal pixels if one process loads the images.
 *
 *     flipAndCrop()(pixels, [32, 32, 3], torchRandom(1))
 *
 * @throws RangeError if the padding is not a count; on use, if the pixels are not images of three axes; TypeError for an
 *   unknown option.
 * @see `cifar10_loader` of the authors' code, `code/cifar_dataset.py` of MetaOptDistillation.
 */
export function flipAndCrop(options: FlipAndCropOptions = {}): Augmentation {
  checkOptions('flipAndCrop', options, { padding: true, flip: true });
  const { padding = 4, flip = true } = options;
  if (!Number.isInteger(padding) || padding < 0) {
    throw new RangeError(
      `flipAndCrop: padding is ${describeValue(padding)}; expected a count of pixels. Pass 0 to crop nothing.`,
    );
  }
  return (pixels, exampleShape, random) => {
    const [height, width, channels] = checkShape(pixels, exampleShape);
    const output = new Uint8Array(pixels.length);
    const imageSize = height * width * channels;
    for (let start = 0; start < pixels.length; start += imageSize) {
      const isFlipped = flip && random.uniform(0, 1) < 0.5;
      const [top, left] =
        padding === 0
          ? [0, 0]
          : [random.integer(0, 2 * padding + 1) - padding, random.integer(0, 2 * padding + 1) - padding];
      for (let row = Math.max(0, -top); row < Math.min(height, height - top); row++) {
        for (let column = Math.max(0, -left); column < Math.min(width, width - left); column++) {
          const source = isFlipped ? width - 1 - (column + left) : column + left;
          const from = start + ((row + top) * width + source) * channels;
          const to = start + (row * width + column) * channels;
          for (let channel = 0; channel < channels; channel++) {
            output[to + channel] = pixels[from + channel] as number;
          }
        }
      }
    }
    return output;
  };
}

function checkShape(pixels: Uint8Array, exampleShape: readonly number[]): readonly [number, number, number] {
  const [height, width, channels] = exampleShape as [number, number, number];
  const size = height * width * channels;
  if (exampleShape.length === 3 && size > 0 && pixels.length % size === 0) return [height, width, channels];
  throw new RangeError(
    `flipAndCrop: pixels are ${pixels.length} of shape [batch, ${exampleShape.join(', ')}]; expected whole images [batch, height, width, channels]. Pass the data set's exampleShape.`,
  );
}
