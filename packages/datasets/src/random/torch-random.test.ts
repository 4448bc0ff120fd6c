import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restoreTorchRandom, torchRandom } from './torch-random.js';

const sha256 = (values: Float32Array | Int32Array) =>
  createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');

// Every expected number and digest: PyTorch 1.13 on a CPU with AVX2.
describe('torchRandom', () => {
  it('draws the float32 numbers of torch.rand bit for bit', () => {
    const random = torchRandom(42);
    expect(Array.from({ length: 10 }, () => random.uniform(0, 1) * 2 ** 24)).toEqual([
      14802022, 15351219, 6423388, 16094478, 6550634, 10081351, 4304572, 13315092, 15783526, 2234489,
    ]);
  });

  it('draws 2,000 numbers of uniform_ on other intervals bit for bit', () => {
    const bound = 0.5773502691896258; // 1 / sqrt(3), as in the initialization of Linear(3, 2)
    const symmetric = torchRandom(42);
    const first = Float32Array.from({ length: 2000 }, () => symmetric.uniform(-bound, bound));
    expect(first[0]).toBe(0.4414065182209015);
    expect(sha256(first)).toBe('917c2377d2dcf000bcfe2d5c8593ece3fd9fec1451faddc0a91f8daa76ad5242');
    const positive = torchRandom(7);
    expect(sha256(Float32Array.from({ length: 2000 }, () => positive.uniform(0.1, 10)))).toBe(
      'f43aa56a950a2c0223be477ec048be4faa8e90bc56da87d3b19dc095554bd9fe',
    );
  });

  it('draws the integers of torch.randint', () => {
    const random = torchRandom(42);
    expect(Array.from({ length: 8 }, () => random.integer(-3, 6))).toEqual([3, 2, 4, 1, -3, -1, 4, 2]);
    expect(() => random.integer(2, 2)).toThrow(
      'integer: low and high are 2 and 2; expected integers, low < high',
    );
    expect(() => random.integer(0, 2 ** 32)).toThrow('low < high < low + 2^32');
    expect(() => random.integer(0, 1.5)).toThrow('expected integers');
  });

  it('permutes as torch.randperm does, short and long', () => {
    expect(Array.from(torchRandom(42).permutation(10))).toEqual([2, 6, 1, 8, 4, 5, 0, 9, 3, 7]);
    expect(sha256(torchRandom(42).permutation(60_000))).toBe(
      '7f455bbc8e543f082c5e5787a6f39d0569027ff6766e60bb3417c9c7e5ac124f',
    );
  });

  it('permutes every number of examples without losing one', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 200 }), (seed, count) => {
        const sorted = Array.from(torchRandom(seed).permutation(count)).sort((a, b) => a - b);
        expect(sorted).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
      { numRuns: 50 },
    );
  });

  it('continues from a saved state', () => {
    const random = torchRandom(3);
    random.permutation(700);
    const restored = restoreTorchRandom(JSON.parse(JSON.stringify(random.state())));
    expect(restored.uniform(-1, 1)).toBe(random.uniform(-1, 1));
    expect(restored.permutation(20)).toEqual(random.permutation(20));
  });

  it('refuses a permutation of what is not a count', () => {
    expect(() => torchRandom(1).permutation(-1)).toThrow(/count is -1; expected an integer/);
  });
});
