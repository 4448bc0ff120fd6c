import type { Tensor } from '@tensorflow/tfjs-core';
import type { UniformSampler } from '../types.js';
import { layersWithin } from './layers-within.js';
import type { LayersModel, LayersModelLayer } from './types.js';

/** The randomness of a model's dropout, held still when derivatives need it. */
export interface DropoutMasks {
  /** The seed of the masks of training passes over a batch. */
  seedOf(inputs: Tensor): number;
  /** Runs `body` while the masks follow from a seed. */
  frozen<Result>(seed: number, body: () => Result): Result;
}

/**
 * Masks that belong to a batch: drawn at the first pass over its tensor of inputs, and the same in every other.
 *
 * So a loss is one function of the weights wherever derivatives are differences, or a step is taken twice.
 *
 * @throws Error if the model has dropout but no `uniform` was given, or draws in a way that cannot be repeated.
 */
export function dropoutMasks(layersModel: LayersModel, uniform: UniformSampler | undefined): DropoutMasks {
  const layers = layersWithin(layersModel);
  const unrepeatable = layers.find(drawsOtherwise);
  if (unrepeatable) {
    throw new Error(
      `fromLayersModel: ${layersModel.name} has ${unrepeatable.getClassName()} ${unrepeatable.name}, whose draws cannot be repeated; expected dropout layers as the only randomness. Use tf.layers.dropout instead, or leave it out.`,
    );
  }
  const dropouts = layers.filter(isUnseededDropout);
  if (dropouts.length > 0 && uniform === undefined) {
    throw new Error(
      `fromLayersModel: uniform is undefined; expected a sampler, as ${layersModel.name} has dropout. Pass { uniform: torchRandom(seed).uniform }.`,
    );
  }
  const seeds = new WeakMap<Tensor, number>();
  return {
    seedOf(inputs) {
      if (dropouts.length === 0 || uniform === undefined) return 0;
      const seed = seeds.get(inputs) ?? Math.floor(uniform(0, SEEDS));
      seeds.set(inputs, seed);
      return seed;
    },

    frozen(seed, body) {
      const setSeeds = (seedOf: (i: number) => number | undefined) =>
        dropouts.forEach((layer, i) => {
          (layer as LayersModelLayer & { seed: number | undefined }).seed = seedOf(i);
        });
      // A seed of 0 would count as none.
      setSeeds((i) => seed + SEEDS * (i + 1));
      try {
        return body();
      } finally {
        setSeeds(() => undefined);
      }
    },
  };
}

/** As many as a float32 tells apart. */
const SEEDS = 2 ** 24;

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
