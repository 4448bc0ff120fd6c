import { numpyRandom } from '@metadistill/datasets';

/** What the training loss of every experiment is tuned by. */
export type MetaparameterName = 'distillationFraction' | 'temperature';

/**
 * The metaparameters that run number `stream` of the authors' code draws: λ ~ U(0, 1) and log₁₀ T ~ U(−1, 1).
 *
 * That code seeds NumPy once and draws on through its runs. Both are float32; the published random baseline of the
 * synthetic experiment rounds the exponent before the power, everything else the power.
 */
export function drawMetaparameters(
  seed: number,
  stream: number,
  rounding: 'exponent' | 'power' = 'power',
): Readonly<Record<MetaparameterName, number>> {
  const numpy = numpyRandom(seed);
  for (let skipped = 0; skipped < 2 * stream; skipped++) numpy.uniform(0, 1);
  const fraction = Math.fround(numpy.uniform(0, 1));
  const exponent = numpy.uniform(-1, 1);
  return {
    distillationFraction: fraction,
    temperature: Math.fround(10 ** (rounding === 'exponent' ? Math.fround(exponent) : exponent)),
  };
}
