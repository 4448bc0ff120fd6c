import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Axis, backwardPhases, forwardSegments, type Segment } from './window-segments.js';

const axes: fc.Arbitrary<Axis> = fc
  .record({
    input: fc.integer({ min: 1, max: 14 }),
    kernel: fc.integer({ min: 1, max: 6 }),
    stride: fc.integer({ min: 1, max: 6 }),
    dilation: fc.integer({ min: 1, max: 6 }),
    padding: fc.integer({ min: 0, max: 6 }),
    after: fc.integer({ min: 0, max: 6 }),
  })
  .map((drawn) => ({
    ...drawn,
    output:
      Math.floor(
        (drawn.input + drawn.padding + drawn.after - (drawn.kernel - 1) * drawn.dilation - 1) / drawn.stride,
      ) + 1,
  }))
  .filter(({ output }) => output > 0);

/** Every (target, source, tap) that the segments stand for. */
function triples(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ target, targetStep, count, source, sourceStep, tap, taps, spacing }) =>
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: taps }, (_, k) =>
        [target + i * targetStep, source + i * sourceStep + k * spacing, tap + k].join(),
      ),
    ).flat(),
  );
}

/** The (output, input, tap) of a convolution along one axis, by its definition. */
function definition({ input, kernel, stride, dilation, padding, output }: Axis): [number, number, number][] {
  const found: [number, number, number][] = [];
  for (let o = 0; o < output; o++) {
    for (let k = 0; k < kernel; k++) {
      const i = o * stride + k * dilation - padding;
      if (i >= 0 && i < input) found.push([o, i, k]);
    }
  }
  return found;
}

const targets = (segments: readonly Segment[]) =>
  segments.flatMap(({ target, targetStep, count }) =>
    Array.from({ length: count }, (_, i) => target + i * targetStep),
  );

it('forward segments meet each output, and with it exactly the inputs and taps of the convolution', () => {
  fc.assert(
    fc.property(axes, (axis) => {
      const segments = forwardSegments(axis);
      expect(triples(segments).sort()).toEqual(definition(axis).map(String).sort());
      expect(targets(segments)).toEqual(Array.from({ length: axis.output }, (_, i) => i));
    }),
  );
});

it('backward segments meet each input once over all phases, with the same products', () => {
  fc.assert(
    fc.property(axes, (axis) => {
      const phases = backwardPhases(axis);
      expect(phases.flatMap(({ segments }) => targets(segments)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: axis.input }, (_, i) => i),
      );
      const found = phases.flatMap(({ segments, first, step, taps }) =>
        triples(segments).map((triple) => {
          const [input, output, j] = triple.split(',').map(Number) as [number, number, number];
          return [output, input, first + step * (taps - 1 - j)].join();
        }),
      );
      expect(found.sort()).toEqual(definition(axis).map(String).sort());
    }),
  );
});
