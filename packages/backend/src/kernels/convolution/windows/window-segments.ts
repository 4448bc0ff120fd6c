/**
 * Consecutive positions along one axis whose windows meet the same part of the filter.
 *
 * Position i of `count` is `target + i · targetStep`; its window starts at `source + i · sourceStep` and meets
 * the `taps` taps of the filter from `tap` on, `spacing` apart in the source. Splitting an axis into segments is how
 * padding costs nothing: windows are clipped to what is there, and no zero is stored or multiplied.
 */
export interface Segment {
  readonly target: number;
  readonly targetStep: number;
  readonly count: number;
  readonly source: number;
  readonly sourceStep: number;
  readonly tap: number;
  readonly taps: number;
  readonly spacing: number;
}

/** One axis of a convolution. */
export interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  /** From one tap of a window to the next. */
  readonly dilation: number;
  /** Padding before the first element. */
  readonly padding: number;
  readonly output: number;
}

/** Output positions of a convolution, and the parts of the input and filter that each meets. */
export function forwardSegments({ input, kernel, stride, dilation, padding, output }: Axis): Segment[] {
  const segments: Growing[] = [];
  for (let position = 0; position < output; position++) {
    const window = { start: position * stride - padding, spacing: dilation, taps: kernel };
    extend(segments, position, 1, stride, window, input);
  }
  return segments;
}

/**
 * The input positions that meet the same taps of the filter: `taps` taps, `first`, `first + step`, ...
 *
 * Their segments read the output's cotangent, and meet the taps in falling order, which makes each phase an ordinary
 * convolution of the cotangent.
 */
export interface Phase {
  readonly first: number;
  readonly step: number;
  readonly taps: number;
  readonly segments: readonly Segment[];
}

/**
 * Input positions of a convolution, in one phase for each remainder of the stride that they have.
 *
 * Input i meets output o through tap k if i + padding = o · stride + k · dilation. So only the taps count for which
 * k · dilation ≡ i + padding (mod stride): all, every so many, or none. From one of them to the next the output falls by
 * dilation / gcd(stride, dilation).
 */
export function backwardPhases({ input, kernel, stride, dilation, padding, output }: Axis): Phase[] {
  const common = greatestCommonDivisor(stride, dilation);
  const [step, spacing] = [stride / common, dilation / common];
  return Array.from({ length: Math.min(stride, input) }, (_, start) => {
    const phase = (start + padding) % stride;
    let first = 0;
    while (first < kernel && (first * dilation) % stride !== phase) first++;
    const taps = Math.ceil((kernel - first) / step);
    const segments: Growing[] = [];
    for (let position = start; position < input; position += stride) {
      const last = taps > 0 ? (position + padding - first * dilation) / stride : 0;
      const window = { start: last - (taps - 1) * spacing, spacing, taps };
      extend(segments, position, stride, 1, window, output);
    }
    return { first, step, taps, segments };
  });
}

/** Adds a position to the last segment if it continues that one, else starts another. */
function extend(
  segments: Growing[],
  target: number,
  targetStep: number,
  step: number,
  { start, spacing, taps: all }: { readonly start: number; readonly spacing: number; readonly taps: number },
  size: number,
): void {
  const from = Math.max(0, Math.ceil(-start / spacing));
  const taps = Math.max(0, Math.min(all, Math.ceil((size - start) / spacing)) - from);
  // A window that meets nothing has no source: it reads nothing, from any valid place.
  const [source, sourceStep, tap] = taps > 0 ? [start + from * spacing, step, from] : [0, 0, 0];
  const last = segments.at(-1);
  const continues =
    last !== undefined &&
    last.tap === tap &&
    last.taps === taps &&
    last.source + last.count * sourceStep === source;
  if (continues) last.count += 1;
  else segments.push({ target, targetStep, count: 1, source, sourceStep, tap, taps, spacing });
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

type Growing = Omit<Segment, 'count'> & { count: number };
