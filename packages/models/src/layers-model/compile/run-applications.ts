import { cast, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from '../../types.js';
import type { Application } from '../read-applications.js';
import type { LayersModel, LayersModelLayer, LayersModelWeight } from '../types.js';
import { asFloats } from './input-cast.js';

/** Layers of tfjs-layers that run together, as the model of which they are part would run them. */
export interface RunByTensorFlow {
  readonly name: string;
  readonly className: string;
  readonly trainableWeights: readonly LayersModelWeight[];
  readonly nonTrainableWeights: readonly LayersModelWeight[];
  readonly inputShapes: readonly (readonly number[])[];
  apply(inputs: Tensor | Tensors, options: { readonly training: boolean }): Tensor;
}

/** What tfjs-layers calls, mask included. */
interface RunnableLayer {
  readonly supportsMasking?: boolean;
  apply(inputs: Tensors, options: object): Tensor | Tensors;
  computeMask(inputs: Tensors, masks: readonly (Tensor | null)[]): Tensor | null | readonly (Tensor | null)[];
}

/**
 * Applications as one function of what they read from outside, `sources` by number; the last one's output is its value.
 * Masks pass between them as in `LayersModel.predict`: a layer that gets none is handed the one before it.
 */
export function runApplications(
  applications: ReadonlyMap<number, Application>,
  sources: readonly number[],
): RunByTensorFlow {
  const all = [...applications.values()];
  const last = all.at(-1)!;
  const shapes = new Map(
    all.flatMap(({ from, inputShapes }) => from.map((source, k) => [source, inputShapes[k]!])),
  );
  const distinct = (of: (layer: LayersModelLayer) => readonly LayersModelWeight[]) => [
    ...new Set(all.flatMap(({ layer }) => of(layer))),
  ];
  return {
    name: last.path,
    className: last.layer.getClassName(),
    trainableWeights: distinct(({ trainableWeights }) => trainableWeights),
    nonTrainableWeights: distinct(({ nonTrainableWeights }) => nonTrainableWeights),
    inputShapes: sources.map((source) => shapes.get(source)!),

    apply(inputs, { training }) {
      const listed = [inputs].flat() as Tensors;
      const values = new Map(sources.map((source, k) => [source, listed[k]!]));
      const masks = new Map<number, Tensor | null>();
      let handed: { readonly mask?: Tensor | null } = {};
      for (const [i, { layer, from }] of applications) {
        const runnable = layer as unknown as RunnableLayer;
        const read = from.map((source) => values.get(source)!);
        const readMasks = from.map((source) => masks.get(source) ?? null);
        if (readMasks.some((each) => each !== null)) handed = { mask: readMasks[0]! };
        const output = runnable.apply(read, { training, ...handed });
        values.set(i, asFloats([output].flat()[0] as Tensor));
        const made = runnable.supportsMasking ? runnable.computeMask(read, readMasks) : null;
        masks.set(i, ([made].flat()[0] as Tensor | null | undefined) ?? null);
      }
      return [...values.values()].at(-1)!;
    },
  };
}

/** A whole model as tfjs-layers runs it, on inputs of these shapes. */
export function runWhole(
  layersModel: LayersModel,
  inputShapes: RunByTensorFlow['inputShapes'],
): RunByTensorFlow {
  const { name, trainableWeights, nonTrainableWeights } = layersModel;
  return {
    ...{ name, className: 'LayersModel', trainableWeights, nonTrainableWeights },
    inputShapes,
    // As `predict` runs it if not in training: options that are given let masks out of a model within the model.
    apply: (at, { training }) =>
      [layersModel.call(at as Tensor, (training ? { training } : undefined) as never)].flat()[0] as Tensor,
  };
}

/** The same of inputs of these dtypes, which come as float32. */
export function castingInputs(runs: RunByTensorFlow, dtypes: readonly string[]): RunByTensorFlow {
  if (dtypes.every((dtype) => dtype === 'float32')) return runs;
  return {
    ...runs,
    apply(inputs, options) {
      const [first, ...others] = ([inputs].flat() as Tensors).map((each, k) =>
        cast(each, dtypes[k] as DataType),
      );
      return runs.apply(others.length === 0 ? first! : [first!, ...others], options);
    },
  };
}
