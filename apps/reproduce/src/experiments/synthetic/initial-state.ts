import { torchRandom } from '@metadistill/datasets';
import type { MixMetaparameter } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import type { Protocol } from '../../runs/experiment.js';
import { drawMetaparameters, type TemperatureBounds } from '../training/draw-metaparameters.js';
import type { MethodKind } from '../training/methods.js';
import { firstStream } from './methods.js';

/** What a run starts from. */
export interface InitialState {
  readonly weights: Weights;
  readonly metaparameters: Readonly<Record<MixMetaparameter, number>>;
}

/**
 * The student and the metaparameters that a run starts from; the weights belong to the caller.
 *
 * Published, they are the authors': one seed for all runs of a call, whose streams draw on from run to run.
 * Corrected, runs of the same number start alike for all methods, namely where the published gradient method does.
 */
export function initialState(
  model: Model,
  { seed, ...bounds }: TemperatureBounds & { readonly seed: number },
  method: MethodKind,
  protocol: Protocol,
  run: number,
): InitialState {
  const published = protocol === 'published';
  const stream = run + (published ? firstStream(method) : 0);
  return {
    weights: weightsOf(model, seed, stream),
    metaparameters: metaparametersOf(method, published, seed, stream, bounds),
  };
}

function weightsOf(model: Model, seed: number, stream: number): Weights {
  const torch = torchRandom(seed);
  const draws = model.parameters.reduce((count, { shape }) => count + shape.reduce((a, b) => a * b, 1), 0);
  for (let skipped = 0; skipped < stream * draws; skipped++) torch.uniform(0, 1);
  return model.initialize(torch.uniform);
}

function metaparametersOf(
  method: MethodKind,
  published: boolean,
  seed: number,
  stream: number,
  bounds: TemperatureBounds,
): InitialState['metaparameters'] {
  if (method.kind === 'fixed') {
    const { distillationFraction, temperature } = method;
    return { distillationFraction, temperature };
  }
  if (!published || method.kind !== 'drawn') return drawMetaparameters(seed, stream, bounds);
  // The published random baseline draws the weight of the classification term.
  const { distillationFraction: classificationWeight, temperature } = drawMetaparameters(
    seed,
    stream,
    bounds,
    'exponent',
  );
  return { distillationFraction: Math.fround(1 - classificationWeight), temperature };
}
