import { centralDifference } from '@metadistill/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metaparameterSpace } from './metaparameter-space.js';

const bounds = [0.1, 10] as const;
const spaces = (['clip', 'log', 'sigmoid'] as const).map((transform) => ({
  transform,
  space: metaparameterSpace({ temperature: { bounds, transform } }),
}));

describe.each(spaces)('$transform', ({ space }) => {
  const valueAt = (free: number) => space.value([free]).temperature;

  test('maps any free coordinate inside the bounds', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (free) => {
        expect(valueAt(free)).toBeGreaterThanOrEqual(bounds[0]);
        expect(valueAt(free)).toBeLessThanOrEqual(bounds[1]);
      }),
    );
  });

  test('comes back to the value that it was freed from', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10, noNaN: true }), (temperature) => {
        // The sigmoid keeps a millionth of a per cent away from the bounds.
        expect(Math.abs(valueAt(space.free({ temperature })[0] as number) - temperature)).toBeLessThan(2e-7);
      }),
    );
  });

  test('pulls a gradient back by the chain rule', () => {
    for (const temperature of [0.2, 1, 5, 9.9]) {
      const free = space.free({ temperature });
      const [slope] = centralDifference(([at]) => valueAt(at as number), free);
      expect(space.pullBack(free, { temperature: 3 })[0]).toBeCloseTo(3 * (slope as number), 6);
    }
  });
});

test('a number that did not move is what it was, to the last bit, and comes inside if it was outside', () => {
  const space = metaparameterSpace({ 'x[]': { bounds, transform: 'log', size: 3 } });
  const values = [0.3, 1.3, 20];
  const free = space.free({ 'x[]': values });
  const back = space.value(free)['x[]'];
  expect(back[0]).not.toBe(0.3); // exp(log 0.3)
  const before = { free, metaparameters: { 'x[]': values } };
  expect(space.value(free, before)).toEqual({ 'x[]': [0.3, 1.3, 10] });
  expect(space.value(free.with(0, 0), before)).toEqual({ 'x[]': [1, 1.3, 10] });
});

test('names the metaparameters that sit on a bound', () => {
  const space = metaparameterSpace({ distillationFraction: { bounds: [0, 1] }, temperature: { bounds } });
  expect(space.saturated({ distillationFraction: 1, temperature: 3 })).toEqual(['distillationFraction']);
});

test('calls saturated what lies within a millionth of the length of its interval of either bound', () => {
  const space = metaparameterSpace({ x: { bounds: [1, 3] } });
  const saturated = (x: number) => space.saturated({ x }).length === 1;
  expect([1, 1 + 1.9e-6, 3 - 1.9e-6, 3].map(saturated)).toEqual([true, true, true, true]);
  expect([1 + 2.1e-6, 2, 3 - 2.1e-6].map(saturated)).toEqual([false, false, false]);
});

test('takes both bounds as starts, and names the first metaparameter that is outside', () => {
  const space = metaparameterSpace({ a: { bounds: [0, 1] }, b: { bounds: [2, 3] } });
  for (const [a, b] of [
    [0, 2],
    [1, 3],
  ] as const)
    expect(() => space.check({ a, b }, 'train')).not.toThrow();
  for (const b of [1.99, 3.01, Number.NaN]) {
    expect(() => space.check({ a: 0.5, b }, 'train')).toThrow(
      `train: b starts at ${b}; expected a value inside its bounds [2, 3]. Move the start or widen the bounds.`,
    );
  }
});

test('clips with a slope of one beyond the bounds too, so that a gradient that points inwards leads back', () => {
  const space = metaparameterSpace({ x: { bounds: [0, 1] } });
  expect(space.value([7])).toEqual({ x: 1 });
  expect(space.value([-7])).toEqual({ x: 0 });
  expect(space.pullBack([7], { x: -2 })).toEqual([-2]);
  expect(space.free({ x: 0.3 })).toEqual([0.3]);
});

test('may clip to an interval without an end', () => {
  const space = metaparameterSpace({ x: { bounds: [0, Number.POSITIVE_INFINITY] } });
  expect(space.value([1e9])).toEqual({ x: 1e9 });
});

test('refuses to have no metaparameter', () => {
  expect(() => metaparameterSpace({})).toThrow(
    'metaparameterSpace: ranges is {}; expected at least one metaparameter. Name those of the training loss.',
  );
});

test('refuses empty intervals, logarithms of what is not positive, and starts outside the bounds', () => {
  expect(() => metaparameterSpace({ temperature: { bounds: [1, 1] } })).toThrow(
    'the bounds of temperature are [1, 1]',
  );
  expect(() => metaparameterSpace({ weight: { bounds: [0, 1], transform: 'log' } })).toThrow(
    'expected low > 0',
  );
  expect(() =>
    metaparameterSpace({ weight: { bounds: [0, Number.POSITIVE_INFINITY], transform: 'sigmoid' } }),
  ).toThrow('finite');
  expect(() => metaparameterSpace({ weight: { bounds, transform: 'softplus' as never } })).toThrow(
    "metaparameterSpace: the transform of weight is 'softplus'; expected one of clip, log, sigmoid.",
  );
  expect(() => metaparameterSpace({ temperature: { bounds } }).check({ temperature: 11 }, 'train')).toThrow(
    'train: temperature starts at 11; expected a value inside its bounds [0.1, 10].',
  );
});

describe('an array', () => {
  const space = metaparameterSpace({
    fraction: { bounds: [0, 1] },
    'trust[]': { bounds: [0.1, 10], transform: 'log', size: 3 },
    weight: { bounds: [0, 2] },
  });
  const metaparameters = { fraction: 0.5, 'trust[]': [1, 2, 10], weight: 1 };

  test('has one coordinate for each number, in order, and one range for all', () => {
    const free = space.free(metaparameters);
    expect(free).toEqual([0.5, 0, Math.log(2), Math.log(10), 1]);
    expect(space.bounds).toEqual([[0, 1], bounds, bounds, bounds, [0, 2]]);
    const { 'trust[]': trust, ...rest } = space.value([0.5, -9, 0, 9, 3]);
    expect(rest).toEqual({ fraction: 0.5, weight: 2 });
    expect(trust).toEqual([0.1, 1, 10]);
    // dλ/dθ of a logarithm is λ.
    const slopes = space.pullBack(free, { fraction: 1, 'trust[]': [1, 1, 0], weight: 3 });
    expect(slopes).toEqual([1, 1, expect.closeTo(2, 12), 0, 3]);
  });

  test('is saturated if one of its numbers is, and checked number by number', () => {
    expect(space.saturated(metaparameters)).toEqual(['trust[]']);
    expect(space.saturated({ ...metaparameters, 'trust[]': [1, 2, 3] })).toEqual([]);
    expect(() => space.check(metaparameters, 'train')).not.toThrow();
    expect(() => space.check({ ...metaparameters, 'trust[]': [1, 20, 3] }, 'train')).toThrow(
      'train: trust[][1] starts at 20; expected a value inside its bounds [0.1, 10].',
    );
    expect(() => space.check({ ...metaparameters, 'trust[]': [1, 2] }, 'train')).toThrow(
      'train: trust[] is an array of 2; expected an array of 3 numbers.',
    );
  });

  test('states its size, which a number does not have', () => {
    expect(() => metaparameterSpace({ 'trust[]': { bounds } as never })).toThrow(
      'metaparameterSpace: the size of trust[] is undefined; expected an integer, 1 to 10000000.',
    );
    expect(() => metaparameterSpace({ x: { bounds, size: 3 } as never })).toThrow(
      "metaparameterSpace: ranges.x: unknown option 'size'",
    );
  });
});

test('refuses intervals of impossible width, and comes back inside of every one that it takes', () => {
  for (const bounds of [
    [1, 1 + 2 ** -52],
    [0, 5e-324],
    [-1e308, 1e308],
    [1e300, 1e300 * (1 + 1e-15)],
    ['0', '1'],
    [null, 1],
    [0, 1, 2],
    [0],
  ]) {
    expect(() => metaparameterSpace({ x: { bounds: bounds as never } })).toThrow(
      /^metaparameterSpace: the bounds of x are \[.*; expected (low < high|a finite width)/,
    );
  }
  const transforms = fc.constantFrom('clip' as const, 'log' as const, 'sigmoid' as const);
  fc.assert(
    fc.property(
      fc.double(),
      fc.double(),
      transforms,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (low, high, transform, share) => {
        let space: ReturnType<typeof metaparameterSpace<'x'>>;
        try {
          space = metaparameterSpace({ x: { bounds: [low, high], transform } });
        } catch (error) {
          expect((error as Error).message).toMatch(/^metaparameterSpace: the bounds of x are/);
          return;
        }
        const x = Math.min(Math.max(low, -1e300) * (1 - share) + Math.min(high, 1e300) * share, high);
        const back = space.value(space.free({ x: Math.max(low, x) })).x;
        expect(back).toBeGreaterThanOrEqual(low);
        expect(back).toBeLessThanOrEqual(high);
      },
    ),
  );
});

test('an open interval is saturated at its end alone', () => {
  const space = metaparameterSpace({ x: { bounds: [0, Number.POSITIVE_INFINITY] } });
  expect([0, 5].map((x) => space.saturated({ x }).length)).toEqual([1, 0]);
});

test.each([0, 0.5, 1e8, '3', undefined])('refuses an array of %s numbers', (size) => {
  expect(() => metaparameterSpace({ 'x[]': { bounds: [0, 1], size: size as number } })).toThrow(
    'expected an integer, 1 to 10000000. It is how many numbers the array has.',
  );
});
