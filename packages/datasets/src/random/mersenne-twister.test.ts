import mt19937 from '@stdlib/random-base-mt19937';
import fc from 'fast-check';
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

  it("seeds as the library's own integer seeding does", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), (seed) => {
        const theirs = mt19937.factory({ seed });
        expect(draw(mersenneTwister(seed), 5)).toEqual(Array.from({ length: 5 }, () => theirs()));
      }),
      { numRuns: 20 },
    );
  });

  it('takes the low 32 bits of any integer as its seed, 0 included', () => {
    // The low 24 bits of torch.rand after torch.manual_seed(seed), PyTorch 1.13.
    const low24 = (seed: number) => draw(mersenneTwister(seed), 4).map((word) => word & 0xffffff);
    expect(low24(0)).toEqual([8325804, 12888623, 1484405, 2215104]);
    expect(low24(2 ** 32 + 5)).toEqual([13929315, 2115790, 15224815, 13756093]);
    expect(low24(-1)).toEqual([16673187, 9584930, 9563148, 830535]);
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
