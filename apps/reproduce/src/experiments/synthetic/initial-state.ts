import { numpyRandom, torchRandom } from '@metadistill/datasets';
import type { Model, Weights } from '@metadistill/models';

/** What a run starts from. */
export interface InitialState {
  readonly weights: Weights;
  readonly distillationFraction: number;
  readonly temperature: number;
}

/**
 * The student and metaparameters that run number `stream` of the authors' code starts from.
 *
 * One call of that code seeds NumPy and PyTorch once and draws on through its runs: two uniforms of NumPy's a run
 * for the metaparameters, λ ~ U(0, 1) and log₁₀ T ~ U(−1, 1), and one PyTorch linear layer for the student.
 * `random` rounds the exponent to float32 before the power, the gradient methods the power.
 */
export function initialState(
  model: Model,
  seed: number,
  stream: number,
  rounding: 'exponent' | 'power',
): InitialState {
  const numpy = numpyRandom(seed);
  const torch = torchRandom(seed);
  const draws = model.parameters.reduce((count, { shape }) => count + shape.reduce((a, b) => a * b, 1), 0);
  for (let skipped = 0; skipped < stream; skipped++) {
    numpy.uniform(0, 1);
    numpy.uniform(-1, 1);
    for (let i = 0; i < draws; i++) torch.uniform(0, 1);
  }
  const fraction = Math.fround(numpy.uniform(0, 1));
  const exponent = numpy.uniform(-1, 1);
  return {
    weights: model.initialize(torch.uniform),
    distillationFraction: fraction,
    temperature: Math.fround(10 ** (rounding === 'exponent' ? Math.fround(exponent) : exponent)),
  };
}
