import { checkOptions, describeValue } from '@metadistill/options';
import { numpyRandom } from '../random/numpy-random.js';
import type { Dataset } from '../types.js';
import { sliceExamples } from './split.js';

/** How many points each set of the synthetic experiment has. */
export interface SyntheticSizes {
  readonly teacherTrain: number;
  readonly studentTrain: number;
  readonly validation: number;
  readonly test: number;
}

/** The disjoint sets of the synthetic experiment. */
export interface SyntheticData {
  readonly teacherTrain: Dataset;
  readonly studentTrain: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
}

/** What is left out is as in the paper. */
export interface SyntheticDataOptions {
  /** The seed of the NumPy stream, 0 to 2³² − 1; 42 by default. */
  readonly seed?: number;
  readonly sizes?: SyntheticSizes;
  /** Standard deviation of the labels' noise δ; 0.5 by default. */
  readonly noise?: number;
}

/** The paper's sizes. Its code draws the validation set and never uses it: it validates on the test set. */
export const paperSyntheticSizes: SyntheticSizes = {
  teacherTrain: 200,
  studentTrain: 15,
  validation: 15,
  test: 200,
};

/**
 * The paper's synthetic set: x ~ N(0, I₂), y = [sign(x₁x₂ + δ) > 0], δ ~ N(0, noise²).
 *
 * An example has four features, float32 `[4]`: x₁, x₂, [sign x₁ + sign x₂ > 0.1], sign(x₁x₂). The paper's teacher
 * sees the first three; its students see x₁, x₂ and the fourth, which is the label without its noise.
 *
 * The stream draws all points, then all noise, so that sizes decide every number: with the defaults the data are
 * those of the authors' code, bit for bit.
 *
 * @throws RangeError if a size is not a count, the noise is negative, or the seed is not one of NumPy's; TypeError for an
 *   unknown option.
 * @see Gorpinich, Bakhteev, Strijov, Automation and Remote Control 83:10 (2022), the synthetic experiment.
 */
export function syntheticData(options: SyntheticDataOptions = {}): SyntheticData {
  checkOptions('syntheticData', options, { seed: true, sizes: true, noise: true });
  const { seed = 42, sizes = paperSyntheticSizes, noise = 0.5 } = options;
  checkRanges(sizes, noise);
  const random = numpyRandom(seed);
  const count = sizes.teacherTrain + sizes.studentTrain + sizes.validation + sizes.test;
  const points = Float64Array.from({ length: 2 * count }, () => random.standardNormal());
  const examples = new Float32Array(4 * count);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const x1 = points[2 * i] as number;
    const x2 = points[2 * i + 1] as number;
    examples.set([x1, x2, Number(Math.sign(x1) + Math.sign(x2) > 0.1), Math.sign(x1 * x2)], 4 * i);
    labels[i] = x1 * x2 + random.standardNormal() * noise > 0 ? 1 : 0;
  }

  const all: Dataset = { name: 'synthetic', examples, exampleShape: [4], labels, classes: 2 };
  const studentStart = sizes.teacherTrain;
  const validationStart = studentStart + sizes.studentTrain;
  const testStart = validationStart + sizes.validation;
  return {
    teacherTrain: { ...sliceExamples(all, 0, studentStart), name: 'synthetic teacher training' },
    studentTrain: {
      ...sliceExamples(all, studentStart, validationStart),
      name: 'synthetic student training',
    },
    validation: { ...sliceExamples(all, validationStart, testStart), name: 'synthetic validation' },
    test: { ...sliceExamples(all, testStart, count), name: 'synthetic test' },
  };
}

function checkRanges(sizes: SyntheticSizes, noise: number): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 0) {
      throw new RangeError(
        `syntheticData: sizes.${name} is ${describeValue(size)}; expected a count. Pass a non-negative integer.`,
      );
    }
  }
  if (!(noise >= 0 && Number.isFinite(noise))) {
    throw new RangeError(
      `syntheticData: noise is ${describeValue(noise)}; expected a standard deviation. Pass a finite number >= 0.`,
    );
  }
}
