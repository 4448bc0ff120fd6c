import { numpyRandom } from '@metadistill/datasets';
import type { MixMetaparameter } from '@metadistill/losses';

/** What the training loss of every experiment is tuned by. */

export interface TemperatureBounds {
  readonly temperatureLow: number;
  readonly temperatureHigh: number;
}

/**
 * The metaparameters that run number `stream` of the authors' code draws: λ ~ U(0, 1), and T log-uniform in the
 * bounds, which are theirs at 0.1 and 10: log₁₀ T ~ U(−1, 1).
 *
 * That code seeds NumPy once and draws on through its runs. Both are float32; the published random baseline of the
 * synthetic experiment rounds the exponent before the power, everything else the power.
 */
export function drawMetaparameters(
  seed: number,
  stream: number,
  { temperatureLow: low, temperatureHigh: high }: TemperatureBounds,
  rounding: 'exponent' | 'power' = 'power',
): Readonly<Record<MixMetaparameter, number>> {
  const numpy = numpyRandom(seed);
  for (let skipped = 0; skipped < 2 * stream; skipped++) numpy.uniform(0, 1);
  const fraction = Math.fround(numpy.uniform(0, 1));
  const exponent = numpy.uniform(Math.log10(low), Math.log10(high));
  const temperature = Math.fround(10 ** (rounding === 'exponent' ? Math.fround(exponent) : exponent));
  return {
    distillationFraction: fraction,
    // A bound that is no float32 may lie on this side of the nearest one.
    temperature: Math.min(high, Math.max(low, temperature)),
  };
}
