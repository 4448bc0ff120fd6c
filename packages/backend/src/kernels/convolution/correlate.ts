import type { KernelExports } from '../../generated/kernel-exports.js';

/** What `correlate` and, with scratch memory after it, `correlateGathered` take. */
export type Correlation = Readonly<Parameters<KernelExports['correlate']>>;

/** From that many channels on, gathering pays: what is gathered for four taps is read for all of them. */
const manyChannels = 32;

/** Whether `correlate` gathers what it reads of pixels of that many channels. */
export const gathers = (channels: number): boolean => channels >= manyChannels;

/** The bytes of scratch that `correlate` needs for so many pixels at once. */
export const gatheredBytes = (pixels: number, channels: number): number =>
  gathers(channels) ? 16 + pixels * (16 + 4 * channels) : 0;

/** gradient += Σ window · pixel, gathered if pixels of many channels lie far apart. */
export function correlate(kernels: KernelExports, scratch: number, correlation: Correlation): void {
  const channels = correlation[correlation.length - 1] as number;
  if (gathers(channels)) kernels.correlateGathered(...correlation, scratch);
  else kernels.correlate(...correlation);
}
