import { type Dataset, numpyRandom, type TrainTest } from '@metadistill/datasets';

/** How many images there are; the values of a pixel are 0 to 255. */
export const drawnSizes = { trainingImages: 6400, testImages: 1000 } as const;

const size = 28;
const classes = 10;
/** Largest shift of a pattern in each direction, in pixels. */
const shift = 3;
/** Waves that a class's pattern is made of. */
const waves = 4;

/**
 * Images of 28 by 28 pixels that need no download: each class is a pattern of waves, which an image shows shifted,
 * with a contrast of its own and under noise. The same at every call.
 */
export function drawnImages(): TrainTest {
  const random = numpyRandom(42);
  const patterns = Array.from({ length: classes }, () => drawPattern(random.uniform));
  const draw = (name: string, examples: number): Dataset => {
    const pixels = new Uint8Array(examples * size * size);
    const labels = Int32Array.from({ length: examples }, () => Math.floor(random.uniform(0, classes)));
    for (const [example, label] of labels.entries()) {
      const pattern = patterns[label]!;
      const [down, right] = [random.uniform(0, 2 * shift + 1), random.uniform(0, 2 * shift + 1)].map(
        Math.floor,
      );
      const contrast = random.uniform(10, 40);
      for (let pixel = 0; pixel < size * size; pixel++) {
        const [row, column] = [Math.floor(pixel / size) + down!, (pixel % size) + right!];
        const value = 128 + contrast * pattern[row * width + column]! + random.uniform(-100, 100);
        pixels[example * size * size + pixel] = Math.min(255, Math.max(0, value));
      }
    }
    return { name, examples: pixels, exampleShape: [size, size, 1], labels, classes };
  };
  return {
    train: draw('drawn training images', drawnSizes.trainingImages),
    test: draw('drawn test images', drawnSizes.testImages),
  };
}

/** Of a pattern, which is wider than an image by the shifts. */
const width = size + 2 * shift;

/** Row-major `[width, width]`, a sum of waves of up to two periods. */
function drawPattern(uniform: (low: number, high: number) => number): Float64Array {
  const parts = Array.from({ length: waves }, () => ({
    across: uniform(-2, 2) / width,
    along: uniform(-2, 2) / width,
    phase: uniform(0, 1),
  }));
  return Float64Array.from({ length: width * width }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    return parts.reduce(
      (sum, { across, along, phase }) =>
        sum + Math.cos(2 * Math.PI * (across * column + along * row + phase)),
      0,
    );
  });
}
