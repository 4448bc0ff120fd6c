/**
 * Consecutive positions along one axis whose windows meet the same part of the filter.
 *
 * Position i of `count` is `target + i · targetStep`; its window starts at `source + i · sourceStep` and meets
 * the `taps` taps of the filter from `tap` on. Splitting an axis into segments is how padding costs nothing:
 * windows are clipped to what is there, and no zero is stored or multiplied.
 */
export interface Segment {
  readonly target: number;
  readonly targetStep: number;
  readonly count: number;
  readonly source: number;
  readonly sourceStep: number;
  readonly tap: number;
  readonly taps: number;
}

/** One axis of a convolution. */
export interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  /** Padding before the first element. */
  readonly padding: number;
  readonly output: number;
}

/** Output positions of a convolution, and the parts of the input and filter that each meets. */
export function forwardSegments({ input, kernel, stride, padding, output }: Axis): Segment[] {
  const segments: Growing[] = [];
  for (let position = 0; position < output; position++) {
    const start = position * stride - padding;
    extend(segments, position, 1, stride, start, Math.max(0, -start), Math.min(kernel, input - start));
  }
  return segments;
}

/**
 * Input positions of a convolution, and the parts of the output's cotangent and of one phase of the flipped filter
 * that each meets.
 *
 * Input i meets output o through tap k if i + padding = o · stride + k. So only the taps k ≡ i + padding
 * (mod stride) count, and they are one phase: phase p holds the taps p, p + stride, ..., in falling order, which
 * makes it an ordinary convolution of the cotangent with stride 1.
 */
export function backwardSegments({ input, kernel, stride, padding, output }: Axis): Segment[][] {
  return Array.from({ length: stride }, (_, phase) => {
    const taps = phaseTaps(kernel, stride, phase);
    const segments: Growing[] = [];
    for (let position = 0; position < input; position++) {
      if ((position + padding) % stride !== phase) continue;
      const start = (position + padding - phase) / stride - (taps - 1);
      extend(segments, position, stride, 1, start, Math.max(0, -start), Math.min(taps, output - start));
    }
    return segments;
  });
}

/** How many of a filter's taps are in a phase: those congruent to it modulo the stride. */
export const phaseTaps = (kernel: number, stride: number, phase: number): number =>
  Math.max(0, Math.ceil((kernel - phase) / stride));

/** Adds a position to the last segment if it continues that one, else starts another. */
function extend(
  segments: Growing[],
  target: number,
  targetStep: number,
  sourceStep: number,
  start: number,
  from: number,
  to: number,
): void {
  const taps = Math.max(0, to - from);
  // A window that meets nothing has no source: it reads nothing, from any valid place.
  const source = taps > 0 ? start + from : 0;
  const tap = taps > 0 ? from : 0;
  const last = segments.at(-1);
  const continues =
    last !== undefined &&
    last.tap === tap &&
    last.taps === taps &&
    (taps === 0 || last.source + last.count * sourceStep === source);
  if (continues) last.count += 1;
  else
    segments.push({
      target,
      targetStep,
      count: 1,
      source,
      sourceStep: taps > 0 ? sourceStep : 0,
      tap,
      taps,
    });
}

type Growing = Omit<Segment, 'count'> & { count: number };
