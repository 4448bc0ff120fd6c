import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expectTensors } from '../check-arguments.js';
import { sameShape } from '../shapes.js';
import type { TensorSpec, Tensors, Weights } from '../types.js';
import type { HostTensor, NamedTensors } from './types.js';
import type { WeightLayout, WeightSpecs } from './weight-layout.js';

/** Copies a model's weights to the host under a layout's names; parameters first. */
export async function toNamedTensors(
  model: WeightSpecs,
  weights: Weights,
  layout: WeightLayout,
): Promise<NamedTensors> {
  const { name, parameters, statistics } = model;
  expectTensors(name, 'weights.parameters', weights.parameters, parameters);
  expectTensors(name, 'weights.statistics', weights.statistics, statistics);
  const named = async (spec: TensorSpec, held: Tensor): Promise<[string, HostTensor]> => {
    // A copy: on some backends the data are a view of memory that is used again.
    const values = layout.toFile(Float32Array.from(await held.data()), spec);
    return [layout.nameOf(spec), { shape: layout.shapeOf(spec), values }];
  };
  const specs = [...parameters, ...statistics];
  const held = [...weights.parameters, ...weights.statistics];
  return new Map(await Promise.all(specs.map((spec, i) => named(spec, held[i]!))));
}

/**
 * A model's weights from tensors under a layout's names; all of them are checked before any is made.
 *
 * @throws RangeError if a name is missing or unknown, or a shape is not the declared one.
 */
export function fromNamedTensors(
  caller: string,
  model: WeightSpecs,
  tensors: NamedTensors,
  layout: WeightLayout,
): Weights {
  checkNames(caller, model, tensors, layout);
  const valuesOf = (spec: TensorSpec) => {
    const name = layout.nameOf(spec);
    const { shape, values } = tensors.get(name) as HostTensor;
    const expected = layout.shapeOf(spec);
    if (!sameShape(shape, expected)) {
      throw new RangeError(
        `${caller}: '${name}' has shape [${shape.join(', ')}]; expected [${expected.join(', ')}] (${model.name}). Is it of another model?`,
      );
    }
    return Float32Array.from(layout.fromFile(values, spec));
  };
  const made = (specs: readonly TensorSpec[]) => specs.map((spec) => ({ spec, values: valuesOf(spec) }));
  const parameters = made(model.parameters);
  const statistics = made(model.statistics);
  const toTensors = (all: typeof parameters): Tensors =>
    all.map(({ spec, values }) => tensor(values, [...spec.shape], 'float32'));
  return { parameters: toTensors(parameters), statistics: toTensors(statistics) };
}

function checkNames(caller: string, model: WeightSpecs, tensors: NamedTensors, layout: WeightLayout): void {
  const expected = [...model.parameters, ...model.statistics].map((spec) => layout.nameOf(spec));
  const missing = expected.filter((name) => !tensors.has(name));
  const unknown = [...tensors.keys()].filter((name) => !expected.includes(name) && !layout.isIgnored(name));
  if (missing.length + unknown.length === 0) return;
  throw new RangeError(
    `${caller}: tensors lack ${list(missing)} and have ${list(unknown)} besides; expected those of ${model.name}. Is it another model, or are names prefixed?`,
  );
}

const list = (names: readonly string[]): string => {
  const more = names.length > 5 ? [`${names.length - 5} more`] : [];
  return `[${[...names.slice(0, 5), ...more].join(', ')}]`;
};
