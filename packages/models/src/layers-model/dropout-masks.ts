import type { Tensor } from '@tensorflow/tfjs-core';
import type { UniformSampler } from '../types.js';
import { layersWithin } from './layers-within.js';
import type { LayersModel, LayersModelLayer } from './types.js';

/** The randomness of a model's dropout, held still when derivatives need it. */
export interface DropoutMasks {
  /** Why the model cannot be passed through in training mode, if it cannot. */
  readonly refusal: string | undefined;
  /** The seed of the masks of training passes over a batch. */
  seedOf(inputs: Tensor): number;
  /** Runs `body` while the masks follow from a seed: each draw of a layer has a seed of its own. */
  frozen<Result>(seed: number, body: () => Result): Result;
  /** The seed that masks follow from now. */
  current(): number;
}

/**
 * Masks that belong to a batch: drawn at the first pass over its tensor of inputs, and the same in every other.
 *
 * So a loss is one function of the weights wherever derivatives are differences, or a step is taken twice. A model that has
 * dropout without a `uniform`, or draws in a way that cannot be repeated, has a `refusal`.
 */
export function dropoutMasks(layersModel: LayersModel, uniform: UniformSampler | undefined): DropoutMasks {
  const layers = layersWithin(layersModel);
  const dropouts = layers.filter(isUnseededDropout);
  const seeds = new WeakMap<Tensor, number>();
  /** The seed held now, and how often each layer has drawn from it. */
  let held: Held = { seed: 0, draws: [] };
  const hold = (next: Held) => {
    held = next;
    dropouts.forEach((layer, i) => {
      // A layer that is applied again draws again. A seed of 0 would count as none.
      const draw = () => {
        const count = next.draws[i] ?? 0;
        next.draws[i] = count + 1;
        return next.seed + SEEDS * (1 + i + dropouts.length * count);
      };
      const still = { value: undefined, writable: true };
      const seed = next.seed === 0 ? still : { get: draw };
      Object.defineProperty(layer, 'seed', { ...seed, configurable: true, enumerable: true });
    });
  };
  return {
    refusal: refusalOf(layersModel, layers.find(drawsOtherwise), dropouts.length > 0 && !uniform),
    current: () => held.seed,

    seedOf(inputs) {
      if (dropouts.length === 0 || uniform === undefined) return 0;
      const seed = seeds.get(inputs) ?? 1 + Math.floor(uniform(0, SEEDS));
      seeds.set(inputs, seed);
      return seed;
    },

    frozen(seed, body) {
      const before = held;
      hold({ seed, draws: [] });
      try {
        return body();
      } finally {
        hold(before);
      }
    },
  };
}

interface Held {
  readonly seed: number;
  readonly draws: number[];
}

/** As many as a float32 tells apart. */
const SEEDS = 2 ** 24;

/** A dropout layer, whose masks follow from `seed`. */
export interface SeededLayer extends LayersModelLayer {
  seed?: number | null | undefined;
}

function refusalOf(
  { name }: LayersModel,
  unrepeatable: LayersModelLayer | undefined,
  lacksUniform: boolean,
): string | undefined {
  if (unrepeatable) {
    return `${name} has ${unrepeatable.getClassName()} ${unrepeatable.name}, whose draws cannot be repeated; expected dropout layers as the only randomness. Use tf.layers.dropout instead, or leave it out.`;
  }
  return lacksUniform
    ? `uniform is undefined; expected a sampler, as ${name} has dropout. Pass { uniform: torchRandom(seed).uniform }.`
    : undefined;
}

interface RandomLayerConfig {
  readonly rate?: number;
  readonly seed?: number | null;
  readonly stddev?: number;
  /** An option of recurrent and attention layers. */
  readonly dropout?: number;
  readonly recurrentDropout?: number;
}

/** A dropout layer with a seed of its own has the same masks for ever. */
function isUnseededDropout(layer: LayersModelLayer): boolean {
  const { rate = 0, seed } = layer.getConfig() as RandomLayerConfig;
  return ['Dropout', 'SpatialDropout1D'].includes(layer.getClassName()) && rate > 0 && seed == null;
}

function drawsOtherwise(layer: LayersModelLayer): boolean {
  const { rate = 0, stddev = 0, dropout = 0, recurrentDropout = 0 } = layer.getConfig() as RandomLayerConfig;
  const className = layer.getClassName();
  const isNoise = ['GaussianNoise', 'GaussianDropout', 'AlphaDropout'].includes(className);
  const isResize = ['RandomWidth', 'RandomHeight'].includes(className);
  return (isNoise && rate + stddev > 0) || isResize || dropout + recurrentDropout > 0;
}
