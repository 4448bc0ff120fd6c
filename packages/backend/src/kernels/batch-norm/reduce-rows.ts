import type { KernelExports } from '../../generated/kernel-exports.js';
import type { WasmRuntime } from '../../wasm/wasm-runtime.js';
import { type Part, partsOf } from '../call/split.js';

/** Images whose rows of windows are summed up, or rows of `[rows, channels]` in blocks. */
interface Reduction<Name extends keyof KernelExports> {
  readonly kernel: Name;
  readonly channels: number;
  /** What is shared out, what one of them costs, and how many sums the kernel adds up of each. */
  readonly count: number;
  readonly costOfOne: number;
  readonly sumsOfOne: number;
  /** Where sums by channel go, one list after the other. */
  readonly to: readonly number[];
  /** Has the kernel write the sums of a part to lists of their own; with a step of 0, all of them to these. */
  readonly job: (part: Part, to: readonly number[], step: number) => Parameters<KernelExports[Name]>;
}

/** Bytes of one float per channel, in whole vectors: lists lie close together, since each is a miss of the cache in the end. */
const listBytes = (channels: number): number => Math.ceil(channels / 4) * 16;

/** Rows in one block: as the kernels have it. */
const blockRows = (channels: number): number => Math.max(1, Math.floor(4096 / channels));

/**
 * Sums by channel that a kernel makes of many sums, one added to the other.
 *
 * In fast arithmetic those of each part are added, and then these. In direct arithmetic several threads keep each of them, and
 * then they are added in their order: the result is that of one thread, bit for bit.
 */
export function addSums<Name extends keyof KernelExports>(
  runtime: WasmRuntime,
  { kernel, channels, count, costOfOne, sumsOfOne, to, job }: Reduction<Name>,
): void {
  const isFast = runtime.arithmetic === 'fast';
  const parts = isFast || runtime.threads > 1 ? partsOf(count, costOfOne) : [];
  if (parts.length < 2) {
    runtime.forEach(kernel, [job({ from: 0, count }, to, 0)]);
    return;
  }
  const bytes = listBytes(channels);
  const step = bytes * to.length;
  const sums = isFast ? parts.length : count * sumsOfOne;
  runtime.withScratch(step * (sums + 1), (scratch) => {
    const lists = scratch + step;
    runtime.forEach(
      kernel,
      parts.map((part, i) => {
        const list = lists + (isFast ? i : part.from * sumsOfOne) * step;
        const addresses = to.map((_, k) => list + k * bytes);
        return job(part, addresses, isFast ? 0 : step);
      }),
    );
    runtime.kernels.addParts(lists, scratch, step / 4, sums, step);
    for (const [i, target] of to.entries()) {
      runtime.floats(target, channels).set(runtime.floats(scratch + i * bytes, channels));
    }
  });
}

/** As {@link addSums}, of a kernel that takes rows of channels in blocks. */
export function addRows<Name extends keyof KernelExports>(
  runtime: WasmRuntime,
  {
    rows,
    costOfFloat,
    job,
    ...reduction
  }: Pick<Reduction<Name>, 'kernel' | 'channels' | 'to' | 'job'> & {
    readonly rows: number;
    readonly costOfFloat: number;
  },
): void {
  const { channels } = reduction;
  const atOnce = blockRows(channels);
  addSums(runtime, {
    ...reduction,
    count: Math.ceil(rows / atOnce),
    costOfOne: atOnce * channels * costOfFloat,
    sumsOfOne: 1,
    job: (part, to, step) => job(rowsOf(part, rows, atOnce), to, step),
  });
}

const rowsOf = ({ from, count }: Part, rows: number, atOnce: number): Part => ({
  from: from * atOnce,
  count: Math.min(count * atOnce, rows - from * atOnce),
});

/** Writes mean and biased variance of each channel of x `[rows, channels]`. */
export function writeMoments(
  runtime: WasmRuntime,
  x: number,
  rows: number,
  channels: number,
  mean: number,
  variance: number,
): void {
  const atOnce = blockRows(channels);
  const blocks = Math.ceil(rows / atOnce);
  const parts = runtime.threads > 1 ? partsOf(blocks, 8 * atOnce * channels) : [];
  if (parts.length < 2) {
    runtime.kernels.moments(x, rows, channels, mean, variance);
    return;
  }
  const bytes = listBytes(channels);
  const step = 2 * bytes;
  runtime.withScratch(step * blocks, (means) => {
    runtime.forEach(
      'blockMoments',
      parts.map((part) => {
        const { from, count } = rowsOf(part, rows, atOnce);
        const list = means + part.from * step;
        return [x + 4 * from * channels, count, channels, list, list + bytes, step];
      }),
    );
    runtime.kernels.mergeMoments(means, means + bytes, step, rows, channels, mean, variance);
  });
}
