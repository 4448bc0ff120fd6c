import { describe, expect, it, test } from 'vitest';
import { fashionMnist, fashionMnistClasses, publishedFashionMnistNormalization } from './fashion-mnist.js';

const images = {
  name: 'images',
  bytes: Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4]),
};
const labels = (...values: number[]) => ({
  name: 'labels',
  bytes: Uint8Array.from([0, 0, 8, 1, 0, 0, 0, values.length, ...values]),
});

describe('fashionMnist', () => {
  it('joins images and labels, without a copy of the images', () => {
    const dataset = fashionMnist('tiny', images, labels(9, 0));
    expect(dataset).toEqual({
      name: 'tiny',
      examples: Uint8Array.of(1, 2, 3, 4),
      exampleShape: [1, 2, 1],
      labels: Int32Array.of(9, 0),
      classes: 10,
    });
    expect(dataset.examples.buffer).toBe(images.bytes.buffer);
  });

  it('refuses a label out of range, naming its offset', () => {
    expect(() => fashionMnist('tiny', images, labels(9, 10))).toThrow(
      'fashionMnist: labels, offset 9 is 10; expected a label 0..9.',
    );
  });

  it('refuses another number of labels than of images', () => {
    expect(() => fashionMnist('tiny', images, labels(1, 2, 3))).toThrow(
      'labels, offset 4 is 3; expected 2 labels, as many as the images of images.',
    );
  });
});

test('the ten classes are in the order of the labels', () => {
  expect(fashionMnistClasses).toHaveLength(10);
  expect(new Set(fashionMnistClasses).size).toBe(10);
  expect([0, 5, 9].map((label) => fashionMnistClasses[label])).toEqual([
    't-shirt/top',
    'sandal',
    'ankle boot',
  ]);
});

test("the authors' normalization is that of bytes scaled to 0..1", () => {
  expect(publishedFashionMnistNormalization.mean).toEqual([expect.closeTo(0.28622, 5)]);
  expect(publishedFashionMnistNormalization.std).toEqual([expect.closeTo(0.31529, 5)]);
});
