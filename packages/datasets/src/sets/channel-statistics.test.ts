import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkNormalization } from '../batches/check-normalization.js';
import { channelStatistics } from './channel-statistics.js';

const images = (pixels: readonly number[], channels: number) => ({
  name: 'images',
  examples: Uint8Array.from(pixels),
  exampleShape: [1, channels],
  labels: new Int32Array(pixels.length / channels),
  classes: 1,
});

describe('channelStatistics', () => {
  it('computes mean and population deviation of each channel, scaled to [0, 1]', () => {
    // Channel 0: 0, 255; channel 1: 51, 102 = 0.2, 0.4 of 255.
    const { mean, std } = channelStatistics(images([0, 51, 255, 102], 2));
    expect(mean[0]).toBeCloseTo(0.5, 14);
    expect(mean[1]).toBeCloseTo(0.3, 14);
    expect(std[0]).toBeCloseTo(0.5, 14);
    expect(std[1]).toBeCloseTo(0.1, 14);
  });

  it('agrees with the two-pass formula on any pixels', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(bytes, (pixels) => {
        const { mean, std } = channelStatistics(images(pixels, 1));
        const expectedMean = pixels.reduce((sum, pixel) => sum + pixel / 255, 0) / pixels.length;
        const squares = pixels.reduce((sum, pixel) => sum + (pixel / 255 - expectedMean) ** 2, 0);
        expect(mean[0]).toBeCloseTo(expectedMean, 12);
        const isConstant = pixels.every((pixel) => pixel === pixels[0]);
        expect(std[0]).toBeCloseTo(isConstant ? 1 : Math.sqrt(squares / pixels.length), 12);
      }),
    );
  });

  it('refuses features and an empty set', () => {
    const features = { ...images([1], 1), examples: Float32Array.of(1) };
    expect(() => channelStatistics(features)).toThrow(/are in a Float32Array; expected a Uint8Array/);
    expect(() => channelStatistics(images([], 1))).toThrow(/has 0 examples; expected at least one/);
  });
});

it('a constant channel has a standard deviation of 1, which normalizes it to 0', () => {
  const examples = Uint8Array.of(0, 128, 255, 255, 9, 9, 9, 255, 1, 2, 3, 255);
  const dataset = {
    name: 'canvas',
    examples,
    exampleShape: [1, 1, 4],
    labels: new Int32Array(3),
    classes: 2,
  };
  const statistics = channelStatistics(dataset);
  expect(statistics.mean[3]).toBe(1);
  expect(statistics.std[3]).toBe(1);
  expect(() => checkNormalization(statistics, dataset)).not.toThrow();
});
