import type { TensorSpec, Tensors, Weights } from '../../types.js';

/** What is laid out: a layer of any kind. */
interface Declared {
  readonly name: string;
  readonly parameters: readonly TensorSpec[];
  readonly statistics: readonly TensorSpec[];
}

/** The parameters and statistics of several layers as one list each, and the way back. */
export interface Joint {
  readonly parameters: readonly TensorSpec[];
  readonly statistics: readonly TensorSpec[];
  /** The part of a composition's weights that belongs to layer number `i`. */
  weightsOf(weights: Weights, i: number): Weights;
  /** The part of a list in the order of `parameters` that belongs to layer number `i`. */
  parametersOf(tensors: Tensors, i: number): Tensors;
}

/**
 * Lays layers' tensors one after the other, each named `layer.tensor`; a layer's name that is empty adds no prefix,
 * and layers of one name are numbered, `dense1` and `dense2`.
 *
 * @throws RangeError if there is no layer, or two tensors would have one name.
 */
export function joint(name: string, layers: readonly Declared[], argument = 'layers'): Joint {
  if (layers.length === 0) {
    throw new RangeError(
      `${name}: ${argument} is []; expected at least one layer. identity() passes its input on.`,
    );
  }
  const prefixes = distinctNames(layers);
  const parameterRanges = ranges(layers.map((layer) => layer.parameters.length));
  const statisticRanges = ranges(layers.map((layer) => layer.statistics.length));
  const parametersOf = (tensors: Tensors, i: number) =>
    tensors.slice(...(parameterRanges[i] as [number, number]));
  const parameters = layers.flatMap((layer, i) => prefixed(prefixes[i]!, layer.parameters));
  const statistics = layers.flatMap((layer, i) => prefixed(prefixes[i]!, layer.statistics));
  expectDistinct(`${name}: ${argument}`, [...parameters, ...statistics]);
  return {
    parameters,
    statistics,
    parametersOf,
    weightsOf: ({ parameters, statistics }, i) => ({
      parameters: parametersOf(parameters, i),
      statistics: statistics.slice(...(statisticRanges[i] as [number, number])),
    }),
  };
}

/** Weights of layers one after the other. */
export const joinWeights = (weights: readonly Weights[]): Weights => ({
  parameters: weights.flatMap(({ parameters }) => parameters),
  statistics: weights.flatMap(({ statistics }) => statistics),
});

/** The layers' names; equal ones are numbered from 1: `relu1`, `relu2`. */
export function distinctNames(layers: readonly { readonly name: string }[]): readonly string[] {
  const names = layers.map(({ name }) => name);
  return names.map((name, i) => {
    const isRepeated = name !== '' && names.filter((other) => other === name).length > 1;
    const number = names.slice(0, i + 1).filter((other) => other === name).length;
    return isRepeated ? `${name}${number}` : name;
  });
}

const prefixed = (prefix: string, specs: readonly TensorSpec[]): TensorSpec[] =>
  specs.map((spec) => ({ ...spec, name: prefix === '' ? spec.name : `${prefix}.${spec.name}` }));

function expectDistinct(subject: string, specs: readonly TensorSpec[]): void {
  const seen = new Set<string>();
  for (const spec of specs) {
    if (seen.has(spec.name)) {
      throw new RangeError(
        `${subject} has two tensors named ${spec.name}; expected distinct names. Give the layers names.`,
      );
    }
    seen.add(spec.name);
  }
}

/** [start, end) of consecutive runs of the lengths given. */
function ranges(lengths: readonly number[]): [number, number][] {
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return [start - length, start];
  });
}
