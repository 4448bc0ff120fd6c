import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf } from './split.js';

describe('partsOf', () => {
  it('covers everything once, in order, in parts that are equal but for one multiple', () => {
    const splits = fc.record({
      count: fc.nat({ max: 5000 }),
      costOfOne: fc.nat({ max: 1_000_000 }),
      multiple: fc.integer({ min: 1, max: 64 }),
    });
    fc.assert(
      fc.property(splits, ({ count, costOfOne, multiple }) => {
        const parts = partsOf(count, costOfOne, multiple);
        let at = 0;
        for (const part of parts) {
          expect(part.from).toBe(at);
          expect(part.from % multiple).toBe(0);
          expect(part.count).toBeGreaterThan(0);
          at += part.count;
        }
        expect(at).toBe(count);
        expect(parts.length).toBeLessThanOrEqual(16);
        const groups = parts.map((part) => Math.ceil(part.count / multiple));
        if (groups.length > 0) expect(Math.max(...groups) - Math.min(...groups)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('leaves small work whole, and splits large work into sixteen', () => {
    expect(partsOf(128, 1000)).toEqual([{ from: 0, count: 128 }]);
    expect(partsOf(128, 1_000_000)).toHaveLength(16);
    expect(partsOf(3, 1_000_000)).toHaveLength(3);
    expect(partsOf(0, 1_000_000)).toEqual([]);
  });
});
