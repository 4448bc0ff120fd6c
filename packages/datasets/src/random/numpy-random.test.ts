import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { numpyRandom, restoreNumpyRandom } from './numpy-random.js';

// Every expected number: NumPy 1.24 after numpy.random.seed(42).
describe('numpyRandom', () => {
  it('draws the uniform numbers of numpy.random.uniform bit for bit', () => {
    const random = numpyRandom(42);
    expect(Array.from({ length: 10 }, () => random.uniform(0, 1))).toEqual([
      0.3745401188473625, 0.9507143064099162, 0.7319939418114051, 0.5986584841970366, 0.15601864044243652,
      0.15599452033620265, 0.05808361216819946, 0.8661761457749352, 0.6011150117432088, 0.7080725777960455,
    ]);
    const wide = numpyRandom(42);
    expect([wide.uniform(-1, 1), wide.uniform(-1, 1)]).toEqual([-0.250919762305275, 0.9014286128198323]);
    expect(numpyRandom(0).uniform(0, 1)).toBe(0.5488135039273248);
  });

  it('draws the normal numbers of numpy.random.randn', () => {
    const random = numpyRandom(42);
    const expected = [
      0.4967141530112327, -0.13826430117118466, 0.6476885381006925, 1.5230298564080254, -0.23415337472333597,
      -0.23413695694918055, 1.5792128155073915, 0.7674347291529088, -0.4694743859349521, 0.5425600435859647,
    ];
    for (const value of expected) {
      // The platform's logarithm may differ from NumPy's by one unit in the last place.
      expect(Math.abs(random.standardNormal() / value - 1)).toBeLessThan(4 * Number.EPSILON);
    }
  });

  it('rounds to the float32 numbers of 100,001 calls of randn', () => {
    const random = numpyRandom(42);
    const values = Float32Array.from({ length: 100_001 }, () => random.standardNormal());
    expect(createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex')).toBe(
      '6a9f7afca5609c42d084d8254c2c166a1ab77ced8328d44c99757e5b1694db8d',
    );
  });

  it('holds the second normal number of a pair back across a uniform draw, and saves it with its state', () => {
    const random = numpyRandom(42);
    for (let i = 0; i < 3; i++) random.standardNormal();
    const restored = restoreNumpyRandom(JSON.parse(JSON.stringify(random.state())));
    for (const stream of [random, restored]) {
      expect(stream.uniform(0, 1)).toBe(0.15601864044243652);
      expect(stream.standardNormal()).toBeCloseTo(1.5230298564080254, 14);
      expect(stream.standardNormal()).toBeCloseTo(0.2790412922001377, 14);
    }
  });

  it('refuses the seeds that NumPy refuses', () => {
    expect(() => numpyRandom(-1)).toThrow(RangeError);
    expect(() => numpyRandom(2 ** 32)).toThrow(/seed is 4294967296; expected an integer, 0 to 2\^32 - 1/);
  });
});
