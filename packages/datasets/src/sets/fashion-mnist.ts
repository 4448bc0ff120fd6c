import { fileError } from '../formats/file-error.js';
import { decodeIdx } from '../formats/idx-format.js';
import type { BinaryFile, Dataset, Normalization } from '../types.js';

const CLASSES = 10;
const LABELS_START = 8;

/** What the labels 0..9 of Fashion-MNIST mean. */
export const fashionMnistClasses: readonly string[] = [
  't-shirt/top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
];

/**
 * The normalization that the authors trained with: mean 0.2862, std 0.3153. The training set's own are 0.2860 and
 * 0.3530 (`channelStatistics`).
 *
 * @see github.com/Intelligent-Systems-Phystech/MetaOptDistillation, code/fashionmnist_dataset.py.
 */
export const publishedFashionMnistNormalization: Normalization = {
  mean: [72.98596980685132 / 255],
  std: [80.39980599119362 / 255],
};

/**
 * A data set of grey images, `[height, width, 1]`, from uncompressed IDX files; the images stay in the file's memory.
 *
 * @param images `[examples, height, width]`.
 * @param labels `[examples]`, each 0..9.
 * @throws Error naming file, offset, expected and got: malformed file, as many labels as images, label out of range.
 */
export function fashionMnist(name: string, images: BinaryFile, labels: BinaryFile): Dataset {
  const pixels = decodeIdx(images, 3);
  const [count, height, width] = pixels.shape as [number, number, number];
  const { shape, values } = decodeIdx(labels, 1);
  if (shape[0] !== count) {
    throw fileError('fashionMnist', labels.name, {
      offset: 4,
      expected: `${count} labels, as many as the images of ${images.name}`,
      got: `${shape[0]}`,
      remedy: 'Fetch both files again.',
    });
  }
  const wrong = values.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    throw fileError('fashionMnist', labels.name, {
      offset: LABELS_START + wrong,
      expected: `a label 0..${CLASSES - 1}`,
      got: `${values[wrong]}`,
    });
  }
  return {
    name,
    examples: pixels.values,
    exampleShape: [height, width, 1],
    labels: Int32Array.from(values),
    classes: CLASSES,
  };
}
