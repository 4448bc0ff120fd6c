import { describe, expect, it } from 'vitest';
import { decodeIdx } from './idx-format.js';

const idx = (...bytes: number[]) => ({ name: 'tiny-idx', bytes: Uint8Array.from(bytes) });
const image2x3 = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 255];

describe('decodeIdx', () => {
  it('reads the shape and the bytes, wherever they stand in their buffer', () => {
    expect(decodeIdx(idx(...image2x3), 3)).toEqual({
      shape: [1, 2, 3],
      values: Uint8Array.of(10, 20, 30, 40, 50, 255),
    });
    const within = Uint8Array.from([9, 9, 9, ...image2x3]).subarray(3);
    expect(decodeIdx({ name: 'view', bytes: within }, 3).values[5]).toBe(255);
  });

  it('names file, offset, expected and got for a wrong magic number', () => {
    expect(() => decodeIdx(idx(0x1f, 0x8b, 8, 0, 0), 3)).toThrow(
      'decodeIdx: tiny-idx, offset 0 is 0x1f8b0800; expected the magic number 0x00000803 (unsigned bytes, 3 axes). Decompress it first, or fetch it again.',
    );
    expect(() => decodeIdx(idx(...image2x3), 1)).toThrow(/offset 0 is 0x00000803; expected .*0x00000801/);
  });

  it('refuses every truncation', () => {
    for (let length = 0; length < image2x3.length; length++) {
      expect(() => decodeIdx(idx(...image2x3.slice(0, length)), 3)).toThrow(
        `tiny-idx, offset ${length} is the end of a truncated file of ${length} bytes; expected ${length < 16 ? 16 : 22} bytes`,
      );
    }
  });

  it('refuses trailing bytes', () => {
    expect(() => decodeIdx(idx(...image2x3, 0, 0), 3)).toThrow(
      'tiny-idx, offset 22 is the first of 2 trailing bytes; expected the end of the file.',
    );
  });
});
