import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { torchRandom } from '../random/torch-random.js';
import { flipAndCrop } from './flip-and-crop.js';

const patterned = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37) % 256);

/** A 2 × 3 image of one channel, and what `flipAndCrop({ padding: 1 })` can make of it. */
const image = Uint8Array.of(1, 2, 3, 4, 5, 6);
function cropOf(isFlipped: boolean, top: number, left: number): string {
  const rows = isFlipped
    ? [
        [3, 2, 1],
        [6, 5, 4],
      ]
    : [
        [1, 2, 3],
        [4, 5, 6],
      ];
  const padded = [[0, 0, 0], ...rows, [0, 0, 0]].map((row) => [0, ...row, 0]);
  return String(padded.slice(top, top + 2).flatMap((row) => row.slice(left, left + 3)));
}

describe('flipAndCrop', () => {
  it('draws and moves pixels as torchvision does', () => {
    // Flip, pad and crop of 6 images [5, 4, 2] by torch.rand(1) < 0.5 and two torch.randint(0, 5, (1,)) each, seed 5,
    // with PyTorch 1.13.
    const pixels = flipAndCrop({ padding: 2 })(patterned(240), [5, 4, 2], torchRandom(5));
    expect(createHash('sha256').update(pixels).digest('hex')).toBe(
      'a99e64177128f477064d35f8891836620a49d198387e7f9ce230f72284bfff68',
    );
  });

  it('makes every flip and crop equally often, and nothing else', () => {
    const batch = 9000;
    const pixels = Uint8Array.from({ length: 6 * batch }, (_, i) => image[i % 6] as number);
    const made = flipAndCrop({ padding: 1 })(pixels, [2, 3, 1], torchRandom(3));
    const counts = new Map<string, number>();
    for (let i = 0; i < batch; i++) {
      const crop = String(made.subarray(6 * i, 6 * i + 6));
      counts.set(crop, (counts.get(crop) ?? 0) + 1);
    }
    const sides = [0, 1, 2];
    const possible = [false, true].flatMap((isFlipped) =>
      sides.flatMap((top) => sides.map((left) => cropOf(isFlipped, top, left))),
    );
    expect(new Set(counts.keys())).toEqual(new Set(possible));
    // 500 expected of each, with a deviation of √(9000 · (1/18) · (17/18)) ≈ 22; 5 of these.
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(110);
  });

  it('keeps what it is told to keep', () => {
    const pixels = patterned(2 * 4 * 4 * 3);
    const random = torchRandom(1);
    expect(flipAndCrop({ padding: 0, flip: false })(pixels, [4, 4, 3], random)).toEqual(pixels);
    expect(random.state()).toEqual(torchRandom(1).state());
    const flipped = flipAndCrop({ padding: 0 });
    const twice = flipped(flipped(pixels, [4, 4, 3], torchRandom(1)), [4, 4, 3], torchRandom(1));
    expect(twice).toEqual(pixels);
  });

  it('gives equal pixels for equal streams, and leaves its input alone', () => {
    const sizes = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(sizes, fc.integer(), fc.integer({ min: 0, max: 6 }), ([batch, ...shape], seed, padding) => {
        const pixels = patterned(shape.reduce((product, length) => product * length, batch));
        const before = pixels.slice();
        const augment = flipAndCrop({ padding });
        const made = augment(pixels, shape, torchRandom(seed));
        expect(pixels).toEqual(before);
        expect(made).toEqual(augment(pixels, shape, torchRandom(seed)));
        expect(made.length).toBe(pixels.length);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a padding that is no count, and pixels that are no images', () => {
    expect(() => flipAndCrop({ padding: 0.5 })).toThrow(
      'flipAndCrop: padding is 0.5; expected a count of pixels.',
    );
    expect(() => flipAndCrop({ flips: true } as never)).toThrow("flipAndCrop: unknown option 'flips'");
    const augment = flipAndCrop();
    expect(() => augment(patterned(7), [2, 3, 1], torchRandom(1))).toThrow(
      'pixels are 7 of shape [batch, 2, 3, 1]',
    );
    expect(() => augment(patterned(6), [2, 3], torchRandom(1))).toThrow('expected whole images');
  });
});
