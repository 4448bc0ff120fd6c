import type { KernelExports } from '../../generated/kernel-exports.js';
import type { WasmRuntime } from '../../wasm/wasm-runtime.js';
import { partsOf } from '../call/split.js';

/** Sums over pixels of window × pixel, as the kernels `correlate` and `correlateGathered` take them. */
export interface Correlation {
  /** The first window, pixel and packed gradient. */
  readonly source: number;
  readonly cotangent: number;
  readonly gradient: number;
  /** Where runs of pixels begin, and how they go on. */
  readonly table: number;
  readonly runs: number;
  readonly length: number;
  readonly sourceStep: number;
  readonly cotangentStep: number;
  readonly alongUnits: boolean;
  readonly units: number;
  readonly unitsAtOnce: number;
  readonly sourceUnit: number;
  readonly cotangentUnit: number;
  /** Rows of taps of a window, taps in one of them, and bytes from one to the next. */
  readonly rows: number;
  readonly rowTaps: number;
  readonly sourceRow: number;
  readonly firstTap: number;
  /** Of the gradient: taps in a row of it, and in all. */
  readonly gradientRow: number;
  readonly taps: number;
  /** Of the cotangent, a multiple of eight. */
  readonly channels: number;
}

/** From that many channels on, gathering pays: what is gathered for four taps is read for all of them. */
const manyChannels = 32;

/** Gathered for fewer channels, pixels are gathered too often. */
const channelsOfJob = 16;

/** Whether `correlate` gathers what it reads of pixels of that many channels. */
export const gathers = (channels: number): boolean => channels >= manyChannels;

/** The bytes of scratch that a thread needs for so many gathered pixels at once. */
const gatheredBytes = (pixels: number, channels: number): number => 16 + pixels * (16 + 4 * channels);

/**
 * gradient += Σ window · pixel, gathered if pixels of many channels lie far apart, and then shared out by channels.
 *
 * @param pixelsAtOnce the most that a unit at a time has.
 */
export function correlate(runtime: WasmRuntime, correlation: Correlation, pixelsAtOnce: number): void {
  const { channels, units, taps, cotangent, gradient } = correlation;
  if (!gathers(channels)) {
    runtime.forEach('correlate', [[...argumentsOf(correlation), 0]]);
    return;
  }
  const parts = partsOf(channels, units * pixelsOfUnit(correlation) * productsOf(correlation), channelsOfJob);
  runtime.forEachWithScratch(
    'correlateGathered',
    gatheredBytes(pixelsAtOnce, Math.max(...parts.map(({ count }) => count))),
    parts.map(({ from, count }) =>
      argumentsOf({
        ...correlation,
        cotangent: cotangent + 4 * from,
        gradient: gradient + 4 * from * taps,
        channels: count,
      }),
    ),
  );
}

/** How many sums a correlation adds to its gradient, one after the other. */
export const sumsOf = ({ units, unitsAtOnce }: Pick<Correlation, 'units' | 'unitsAtOnce'>): number =>
  Math.ceil(units / unitsAtOnce);

/**
 * Writes each of the sums to a gradient of its own, on any thread: added up in their order they make what `correlate` makes,
 * bit for bit. Not for many channels.
 *
 * @param gradientStep bytes from one of these gradients, which are zeros, to the next.
 */
export function correlateApart(runtime: WasmRuntime, correlation: Correlation, gradientStep: number): void {
  const { units, unitsAtOnce, channels, source, sourceUnit, cotangent, cotangentUnit, gradient } =
    correlation;
  const cost = pixelsOfUnit(correlation) * productsOf(correlation) * channels;
  runtime.forEach(
    'correlate',
    partsOf(units, cost, unitsAtOnce).map(({ from, count }) => [
      ...argumentsOf({
        ...correlation,
        source: source + from * sourceUnit,
        cotangent: cotangent + from * cotangentUnit,
        gradient: gradient + (from / unitsAtOnce) * gradientStep,
        units: count,
      }),
      gradientStep,
    ]),
  );
}

/**
 * Adds each of so many groups of sums to a gradient of its own, on any thread, for many channels.
 *
 * @param gradientStep bytes from one of these gradients to the next.
 */
export function correlateInGroups(
  runtime: WasmRuntime,
  correlation: Correlation,
  pixelsAtOnce: number,
  groups: number,
  gradientStep: number,
): void {
  const { unitsAtOnce, units, channels, source, sourceUnit, cotangent, cotangentUnit, gradient } =
    correlation;
  const sums = sumsOf(correlation);
  const count = Math.min(groups, sums);
  const startOf = (group: number) => Math.min(units, Math.floor((group * sums) / count) * unitsAtOnce);
  runtime.forEachWithScratch(
    'correlateGathered',
    gatheredBytes(pixelsAtOnce, channels),
    Array.from({ length: count }, (_, group) => {
      const from = startOf(group);
      return argumentsOf({
        ...correlation,
        source: source + from * sourceUnit,
        cotangent: cotangent + from * cotangentUnit,
        gradient: gradient + group * gradientStep,
        units: startOf(group + 1) - from,
      });
    }),
  );
}

const pixelsOfUnit = ({ runs, length, alongUnits }: Correlation): number =>
  alongUnits ? runs : runs * length;

/** Of each pixel and channel. */
const productsOf = ({ rows, rowTaps }: Correlation): number => rows * rowTaps;

type Arguments = KernelExports['correlateGathered'] extends (...list: [...infer Rest, number]) => void
  ? Rest
  : never;

const argumentsOf = (given: Correlation): Arguments => [
  given.source,
  given.cotangent,
  given.gradient,
  given.table,
  given.runs,
  given.length,
  given.sourceStep,
  given.cotangentStep,
  given.alongUnits,
  given.units,
  given.unitsAtOnce,
  given.sourceUnit,
  given.cotangentUnit,
  given.rows,
  given.rowTaps,
  given.sourceRow,
  given.firstTap,
  given.gradientRow,
  given.taps,
  given.channels,
];
