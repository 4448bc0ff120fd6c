import { addN, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { type Wired, wire } from '../../layers/containers/wire.js';
import type { Tensors, Weights } from '../../types.js';
import type { ListedWeights } from '../layers-model-weights.js';
import type { LayersModelWeight } from '../types.js';
import { bind, type Role } from './bind.js';
import type { CompiledNode } from './types.js';

/** The graph of a model as one layer, and the ways between its weights and those of the model. */
export interface WiredModel {
  readonly wired: Wired;
  toWired(weights: Weights): Weights;
  /** Lists in the order of the model; what is in two places of the graph is the sum of both. Within the caller's `tidy`. */
  readonly ofWired: {
    parameters(cotangents: Tensors): Tensors;
    /** What the graph does not have is undefined in none: a LayersModel holds the weights of its graph alone. */
    statistics(moved: Tensors): Tensors;
  };
}

/** Weights of the graph follow its layers; those of a LayersModel the lists that were made of it. */
export function wireNodes(name: string, listed: ListedWeights, nodes: readonly CompiledNode[]): WiredModel {
  const bound = new Map<CompiledNode['layer'], CompiledNode['layer']>();
  const parameters: number[] = [];
  const statistics: number[] = [];
  const numberIn = (list: readonly LayersModelWeight[]) => (weight: LayersModelWeight | number) =>
    list.indexOf(weight as LayersModelWeight);
  for (const { layer, weights } of nodes) {
    if (bound.has(layer)) continue;
    const own = weights.slice(0, layer.parameters.length);
    const roles = own.map((weight): Role => {
      if (typeof weight === 'number') return weight;
      return listed.parameters.includes(weight) ? 'parameter' : 'statistic';
    });
    bound.set(layer, bind(layer, roles));
    const inRole = (role: Role) => own.filter((_, k) => roles[k] === role);
    const still = [...inRole('statistic'), ...weights.slice(layer.parameters.length)];
    parameters.push(...inRole('parameter').map(numberIn(listed.parameters)));
    statistics.push(...still.map(numberIn(listed.statistics)));
  }
  const shapes = listed.parameters.map((weight) => weight.read().shape);
  return {
    wired: wire(
      name,
      nodes.map(({ layer, from }) => ({ layer: bound.get(layer)!, from })),
    ),
    toWired: (weights) => ({
      parameters: parameters.map((number) => weights.parameters[number] as Tensor),
      statistics: statistics.map((number) => weights.statistics[number] as Tensor),
    }),
    ofWired: {
      parameters: (cotangents) =>
        shapes.map((shape, number) => {
          const terms = cotangents.filter((_, k) => parameters[k] === number);
          if (terms.length === 0) return zeros(shape);
          return terms.length === 1 ? terms[0]! : addN(terms);
        }),
      statistics: (moved) =>
        listed.statistics.map((_, number) => moved[statistics.lastIndexOf(number)] as Tensor),
    },
  };
}
