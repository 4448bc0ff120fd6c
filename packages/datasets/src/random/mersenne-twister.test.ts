import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mersenneTwister, restoreMersenneTwister } from './mersenne-twister.js';

const draw = (generator: { uint32(): number }, count: number) =>
  Array.from({ length: count }, () => generator.uint32());

describe('mersenneTwister', () => {
  it('draws what init_genrand(42) of the reference code draws', () => {
    expect(draw(mersenneTwister(42), 10)).toEqual([
      1608637542, 3421126067, 4083286876, 787846414, 3143890026, 3348747335, 2571218620, 2563451924,
      670094950, 1914837113,
    ]);
  });

  it('takes the low 32 bits of any integer as its seed, 0 included', () => {
    // The low 24 bits of torch.rand after torch.manual_seed(seed), PyTorch 1.13.
    const low24 = (seed: number) => draw(mersenneTwister(seed), 4).map((word) => word & 0xffffff);
    expect(low24(0)).toEqual([8325804, 12888623, 1484405, 2215104]);
    expect(low24(2 ** 32 + 5)).toEqual([13929315, 2115790, 15224815, 13756093]);
    expect(low24(-1)).toEqual([16673187, 9584930, 9563148, 830535]);
  });

  it("has NumPy's state: the block of words, and how many of it were drawn", () => {
    // numpy.random.seed(seed), then as many 32-bit draws, then get_state(); the words by their SHA-256.
    const expected = [
      [7, 1, 1, '7ee6f8853e865c01cf3ea868ea576a451c163d763a5587f6bcb156cf9300da4a'],
      [7, 624, 624, '7ee6f8853e865c01cf3ea868ea576a451c163d763a5587f6bcb156cf9300da4a'],
      [7, 1000, 376, '0f9c3facef22c9523c55d71f017ec96c8f1e216f6e48b753cf374222b4f3e5ef'],
      [4294967295, 5000, 8, '6265b82aeec1b491789306cccdb027f18a7ad00e7070791d81cff707aa9eb0d0'],
    ] as const;
    for (const [seed, drawn, position, digest] of expected) {
      const generator = mersenneTwister(seed);
      draw(generator, drawn);
      const state = generator.state();
      expect(state.position).toBe(position);
      expect(createHash('sha256').update(Uint32Array.from(state.words)).digest('hex')).toBe(digest);
    }
  });

  it('starts from a seed that was spread over the words but not drawn from, as NumPy and older snapshots have it', () => {
    const words = [7];
    for (let i = 1; i < 624; i++) {
      const previous = words[i - 1] as number;
      words.push((Math.imul(1812433253, previous ^ (previous >>> 30)) + i) >>> 0);
    }
    const restored = restoreMersenneTwister({ words, position: 624 });
    expect(draw(restored, 1500)).toEqual(draw(mersenneTwister(7), 1500));
  });

  it('continues from a saved state, through JSON, wherever it was saved', () => {
    for (const drawn of [0, 1, 623, 624, 625, 2000]) {
      const generator = mersenneTwister(7);
      draw(generator, drawn);
      const saved = JSON.parse(JSON.stringify(generator.state()));
      const expected = draw(generator, 700);
      expect(draw(restoreMersenneTwister(saved), 700)).toEqual(expected);
    }
  });

  it('is not moved by the generator that was restored from its state', () => {
    const generator = mersenneTwister(7);
    const twin = mersenneTwister(7);
    draw(restoreMersenneTwister(generator.state()), 10);
    expect(draw(generator, 3)).toEqual(draw(twin, 3));
  });

  it('refuses a seed that is not an integer and a state that is not one', () => {
    expect(() => mersenneTwister(0.5)).toThrow(/seed is 0.5; expected a safe integer/);
    const state = mersenneTwister(1).state();
    expect(() => restoreMersenneTwister({ ...state, words: [1, 2] })).toThrow(/words has 2 entries/);
    expect(() => restoreMersenneTwister({ ...state, words: state.words.map(() => -1) })).toThrow(/32 bits/);
    expect(() => restoreMersenneTwister({ ...state, position: 625 })).toThrow(/position is 625/);
  });
});
