import { describe, expect, it } from 'vitest';
import { convolutionGeometry } from '../convolution-geometry.js';
import { chooseTiles } from './choose-tiles.js';

const sideOf = (
  [batch, size, inputs, outputs]: readonly [number, number, number, number],
  pad: 'same' | 'valid' = 'same',
  { arithmetic = 'fast' as 'fast' | 'direct', strides = 1, kernel = 3, dilations = 1 } = {},
) => {
  const shape = [batch, size, size, inputs];
  const attributes = { strides, pad, dilations };
  const geometry = convolutionGeometry('test', shape, [kernel, kernel, inputs, outputs], attributes);
  return chooseTiles({ arithmetic }, geometry)?.side;
};

describe('chooseTiles', () => {
  it.each([
    [[128, 15, 8, 16], 'valid'],
    [[128, 6, 16, 32], 'valid'],
    [[128, 13, 8, 16], 'valid'],
    [[128, 5, 16, 128], 'valid'],
    [[128, 15, 16, 32], 'valid'],
    [[128, 6, 32, 64], 'valid'],
    [[16, 32, 64, 64], 'same'],
    [[16, 16, 128, 128], 'same'],
    [[16, 8, 256, 256], 'same'],
    [[16, 4, 512, 512], 'same'],
    [[128, 32, 16, 16], 'same'],
  ] as const)('takes tiles of 4 × 4 for the layers of the students and of ResNets: %j, %s', (sizes, pad) => {
    expect(sideOf(sizes, pad)).toBe(4);
  });

  it('takes tiles of 2 × 2 for outputs of that size', () => {
    expect(sideOf([128, 4, 64, 64], 'valid')).toBe(2);
  });

  it('takes direct sums if that is asked for, if transforms cost more, and for what has no tiles', () => {
    expect(sideOf([16, 32, 64, 64], 'same', { arithmetic: 'direct' })).toBeUndefined();
    expect(sideOf([1, 4, 64, 64])).toBeUndefined();
    // More than half of the taps are on padding.
    expect(sideOf([128, 2, 64, 64])).toBeUndefined();
    expect(sideOf([128, 3, 64, 64], 'valid')).toBeUndefined();
    expect(sideOf([128, 32, 3, 64])).toBeUndefined();
    expect(sideOf([128, 32, 12, 16])).toBeUndefined();
    expect(sideOf([16, 32, 64, 64], 'same', { strides: 2 })).toBeUndefined();
    expect(sideOf([16, 32, 64, 64], 'same', { kernel: 5 })).toBeUndefined();
    expect(sideOf([16, 32, 64, 64], 'same', { dilations: 2 })).toBeUndefined();
    expect(sideOf([0, 32, 64, 64])).toBeUndefined();
    expect(sideOf([16, 8, 2048, 2048])).toBeUndefined();
  });
});
