import { createHash } from 'node:crypto';
import { selectBackend } from '@metadistill/backend';
import { expectNoLeak } from '@metadistill/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { publishedFashionMnistNormalization } from '../sets/fashion-mnist.js';
import type { Dataset } from '../types.js';
import { disposeBatch, type MakeBatchOptions, makeBatch } from './make-batch.js';

const colours = {
  name: 'colours',
  examples: Uint8Array.from({ length: 3 * 2 * 2 * 2 }, (_, i) => 10 * i),
  exampleShape: [2, 2, 2],
  labels: Int32Array.of(5, 6, 7),
  classes: 8,
};
const features = {
  name: 'features',
  examples: Float32Array.of(1, 2, 3, 4),
  exampleShape: [2],
  labels: Int32Array.of(0, 1),
  classes: 2,
};
const logits = { values: Float32Array.from({ length: 24 }, (_, i) => -i), examples: 3, classes: 8 };

describe.each(['cpu', 'wasm'] as const)('makeBatch on %s', (prefer) => {
  beforeAll(async () => {
    expect((await selectBackend({ prefer })).name).toBe(prefer);
  });

  it('gathers the examples, their labels and their logits in the order asked for', () => {
    const indices = Int32Array.of(2, 0);
    const batch = makeBatch({ dataset: colours, indices, teacherLogits: logits });
    expect(batch.inputs.shape).toEqual([2, 2, 2, 2]);
    expect(batch.inputs.dtype).toBe('float32');
    const pixels = [160, 170, 180, 190, 200, 210, 220, 230, 0, 10, 20, 30, 40, 50, 60, 70];
    expect(Array.from(batch.inputs.dataSync())).toEqual(pixels.map((pixel) => Math.fround(pixel / 255)));
    expect([batch.labels.dtype, ...batch.labels.dataSync()]).toEqual(['int32', 7, 5]);
    expect(batch.teacherLogits?.arraySync()).toEqual([
      [-16, -17, -18, -19, -20, -21, -22, -23],
      [-0, -1, -2, -3, -4, -5, -6, -7],
    ]);
    expect(batch.indices).toBe(indices);
    disposeBatch(batch);
  });

  it('normalizes each channel by its own mean and deviation', () => {
    const normalization = { mean: [0.5, 0.25], std: [0.5, 2] };
    const batch = makeBatch({ dataset: colours, indices: Int32Array.of(1), normalization });
    const expected = [80, 90, 100, 110, 120, 130, 140, 150].map((pixel, i) =>
      i % 2 === 0 ? (pixel / 255 - 0.5) / 0.5 : (pixel / 255 - 0.25) / 2,
    );
    const got = Array.from(batch.inputs.dataSync());
    // Three roundings to float32 of numbers below 1.
    const errors = expected.map((value, i) => Math.abs((got[i] as number) - value));
    expect(Math.max(...errors)).toBeLessThan(2e-7);
    disposeBatch(batch);
  });

  it('rounds as PyTorch does: the 256 normalized bytes are equal bit for bit', () => {
    const bytes = {
      name: 'bytes',
      examples: Uint8Array.from({ length: 256 }, (_, i) => i),
      exampleShape: [16, 16, 1],
      labels: Int32Array.of(0),
      classes: 1,
    };
    const batch = makeBatch({
      dataset: bytes,
      indices: Int32Array.of(0),
      normalization: publishedFashionMnistNormalization,
    });
    const values = batch.inputs.dataSync() as Float32Array;
    expect([values[0], values[100], values[255]]).toEqual([
      -0.9077877998352051, 0.33599624037742615, 2.2638614177703857,
    ]);
    // uint8.float().div(255).sub(mean).div(std) of PyTorch 1.13.
    expect(createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex')).toBe(
      '5e29963d90999a08e7e3287d6105df8ed77b6003089e28514c6df2185b25ee15',
    );
    disposeBatch(batch);
  });

  it('takes examples that follow each other, and those that do not', () => {
    const all = makeBatch({ dataset: colours, indices: Int32Array.of(0, 1, 2) });
    const values = (indices: number[]) => {
      const batch = makeBatch({ dataset: colours, indices: Int32Array.from(indices) });
      const got = Array.from(batch.inputs.dataSync());
      disposeBatch(batch);
      return got;
    };
    const whole = Array.from(all.inputs.dataSync());
    expect(values([1, 2])).toEqual(whole.slice(8));
    expect(values([1, 0])).toEqual([...whole.slice(8, 16), ...whole.slice(0, 8)]);
    disposeBatch(all);
  });

  it('leaves features as they are, and the data set unmoved', () => {
    const batch = makeBatch({ dataset: features, indices: Int32Array.of(1, 1, 0) });
    expect(batch.inputs.arraySync()).toEqual([
      [3, 4],
      [3, 4],
      [1, 2],
    ]);
    expect(batch.teacherLogits).toBeUndefined();
    disposeBatch(batch);
    expect(Array.from(features.examples)).toEqual([1, 2, 3, 4]);
  });

  it('lets the pixels of a batch be changed before they are normalized', () => {
    const seen: number[][] = [];
    const inverted = (pixels: Uint8Array) => {
      seen.push(Array.from(pixels));
      return pixels.map((pixel) => 255 - pixel);
    };
    const batch = makeBatch({
      dataset: colours,
      indices: Int32Array.of(2, 0),
      normalization: { mean: [1, 0], std: [1, 1] },
      teacherLogits: logits,
      augment: inverted,
    });
    expect(seen).toEqual([[160, 170, 180, 190, 200, 210, 220, 230, 0, 10, 20, 30, 40, 50, 60, 70]]);
    const expected = seen[0]!.map((pixel, i) =>
      Math.fround(Math.fround((255 - pixel) / 255) - (i % 2 ? 0 : 1)),
    );
    expect(Array.from(batch.inputs.dataSync())).toEqual(expected);
    expect(batch.labels.arraySync()).toEqual([7, 5]);
    expect(batch.teacherLogits?.arraySync()[1]?.[7]).toBe(-7);
    disposeBatch(batch);
    expect(colours.examples[1]).toBe(10);
  });

  it('makes tensors that disposeBatch disposes of', async () => {
    await expectNoLeak(() =>
      disposeBatch(makeBatch({ dataset: colours, indices: Int32Array.of(0, 1), teacherLogits: logits })),
    );
  });

  it('refuses what does not fit the data set', () => {
    const make = (indices: Int32Array) => () => makeBatch({ dataset: colours, indices });
    expect(make(Int32Array.of(0, 3))).toThrow('makeBatch: an index is 3; expected 0..2 (colours).');
    expect(make(Int32Array.of(-1))).toThrow('an index is -1');
    const of = (dataset: Dataset, extra: Partial<MakeBatchOptions>) =>
      makeBatch({ dataset, indices: Int32Array.of(0), ...extra });
    expect(() => of(colours, { augmentation: () => {} } as never)).toThrow(
      "makeBatch: unknown option 'augmentation'; did you mean 'augment'?",
    );
    expect(() => of(features, { augment: (pixels) => pixels })).toThrow(
      'makeBatch: augment is given for features, which has features; expected images.',
    );
    expect(() => of(colours, { augment: (pixels) => pixels.subarray(1) })).toThrow(
      'makeBatch: augment returned 7 pixels; expected 8.',
    );
    expect(() => of(colours, { normalization: { mean: [0], std: [1] } })).toThrow(
      'makeBatch: normalization is mean [0], std [1]; expected 2 of each',
    );
    expect(() => makeBatch({ dataset: colours, indices: Int32Array.of(3) }, 'distil')).toThrow(
      'distil: an index is 3',
    );
    expect(() => of(colours, { teacherLogits: { ...logits, examples: 2 } })).toThrow(
      'teacherLogits is [2,8]; expected [3,8] (colours). Slice them as the data set was sliced',
    );
    expect(() => of({ ...features, examples: [1, 2, 3, 4] as never }, {})).toThrow(
      'makeBatch: features: examples is [1, 2, 3, 4]; expected a Uint8Array of images or a Float32Array of features.',
    );
    expect(() => of(colours, { teacherLogits: { ...logits, values: [...logits.values] as never } })).toThrow(
      'makeBatch: teacherLogits.values is [0, -1, -2, -3, …]; expected a Float32Array.',
    );
  });

  it('leaves nothing behind if a part of the batch cannot be made', async () => {
    const teacherLogits = { ...logits, values: new BigInt64Array(24) as never };
    await expectNoLeak(() => {
      expect(() => makeBatch({ dataset: colours, indices: Int32Array.of(0), teacherLogits })).toThrow(
        'BigInt',
      );
    });
  });
});

describe('several teachers and groups', () => {
  const two = [logits, { ...logits, values: logits.values.map((value) => 2 * value) }];
  const groups = Int32Array.of(4, 0, 1);

  it('come in the order of the teachers and of the examples, and are disposed of with the batch', async () => {
    await expectNoLeak(() => {
      const indices = Int32Array.of(2, 0);
      const batch = makeBatch({ dataset: colours, indices, teachers: two, groups });
      expect(batch.teachers?.map((each) => each.arraySync()[0]?.slice(0, 2))).toEqual([
        [-16, -17],
        [-32, -34],
      ]);
      expect(Array.from(batch.groups!.dataSync())).toEqual([1, 4]);
      disposeBatch(batch);
    });
  });

  it('are refused if they are of other examples', () => {
    const indices = Int32Array.of(0);
    const short = { ...logits, examples: 2 };
    expect(() => makeBatch({ dataset: colours, indices, teachers: [logits, short] })).toThrow(
      'makeBatch: teachers[1] is [2,8]; expected [3,8] (colours).',
    );
    expect(() => makeBatch({ dataset: colours, indices, groups: Int32Array.of(1) })).toThrow(
      'makeBatch: groups has 1 entries; expected 3, one for each example of colours.',
    );
  });
});
