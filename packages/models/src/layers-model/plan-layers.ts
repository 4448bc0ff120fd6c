import { describeValue } from '@metadistill/options';
import type { Tensor } from '@tensorflow/tfjs-core';
import { distinctNames } from '../layers/containers/joint.js';
import { isMerging } from '../layers/containers/several-inputs.js';
import type { LayeredModel } from '../model.js';
import type { KerasForm, KerasLayer, Layer, MergingLayer, Weights } from '../types.js';

/** A layer to make: its name, its kind and options in tfjs-layers, and its weights in their order there. */
export interface PlannedLayer extends KerasLayer {
  readonly name: string;
  readonly weights: readonly Tensor[];
}

/** What layers there will be, and where each of them is applied. */
export interface LayersPlan {
  readonly layers: readonly PlannedLayer[];
  /** In an order to make them: a number of `layers`, and numbers of earlier applications, −1 for the input of the model. */
  readonly applications: readonly { readonly layer: number; readonly from: readonly number[] }[];
  /** The application that gives the logits; −1 if the input does. */
  readonly output: number;
}

/**
 * A model of layers of ours as layers of tfjs-layers, named by where they are in it, as its parameters are.
 *
 * @throws RangeError if tfjs-layers has nothing that computes what a layer does, or does not take its name.
 */
export function planLayers(model: LayeredModel, weights: Weights): LayersPlan {
  const tensors = new Map<string, Tensor>([
    ...model.parameters.map(({ name }, i) => [name, weights.parameters[i]!] as const),
    ...model.statistics.map(({ name }, i) => [name, weights.statistics[i]!] as const),
  ]);
  const layers: PlannedLayer[] = [];
  const applications: { layer: number; from: readonly number[]; shape: readonly number[] }[] = [];
  /** Layers that have weights, by the name of the first of them: what is shared is made once. */
  const shared = new Map<string, number>();
  const names = new Set(['input']);

  function plan(layer: KerasLayer, of: Layer | MergingLayer, path: string): number {
    const own = [...of.parameters, ...of.statistics].map((spec) => joined(path, spec.name));
    const known = own[0] === undefined ? undefined : shared.get(own[0]);
    if (known !== undefined) return known;
    const name = unused(path === '' ? of.name || layer.factory : path, names);
    expectName(name, model.name);
    names.add(name);
    const made = layers.push({ ...layer, name, weights: own.map((tensor) => tensors.get(tensor)!) }) - 1;
    if (own[0] !== undefined) shared.set(own[0], made);
    return made;
  }

  /** Appends the applications of a layer that reads `from`; the number of its output. */
  function apply(layer: Layer | MergingLayer, path: string, from: readonly number[]): number {
    const shapes = from.map((each) => (each < 0 ? model.inputShape : applications[each]!.shape));
    const { form, shape } = isMerging(layer)
      ? { form: layer.keras?.(shapes), shape: layer.mergedShape(shapes) }
      : { form: layer.keras?.(shapes[0]!), shape: layer.outputShape(shapes[0]!) };
    expectForm(form, model, path || layer.name);
    if (!('nodes' in form)) {
      return applications.push({ layer: plan(form, layer, path), from, shape }) - 1;
    }
    const paths = distinctNames(form.layers).map((name) => joined(path, name));
    const outputs: number[] = [];
    for (const node of form.nodes) {
      const sources = node.from.map((each) => (each < 0 ? from[-1 - each]! : outputs[each]!));
      outputs.push(apply(form.layers[node.layer]!, paths[node.layer]!, sources));
    }
    return outputs.at(-1) ?? from[0]!;
  }

  const paths = distinctNames(model.layers);
  const output = model.layers.reduce((from, layer, i) => apply(layer, paths[i]!, [from]), -1);
  return { layers, applications, output };
}

function expectForm(
  form: KerasForm | undefined,
  model: LayeredModel,
  path: string,
): asserts form is KerasForm {
  if (form !== undefined) return;
  throw new RangeError(
    `toLayersModel: tfjs-layers has no layer that does what ${path} of ${model.name} does; expected layers that it has, such as dense() and conv2d(). Replace it, or do its work on the inputs.`,
  );
}

/** What tfjs-layers takes for a name: each layer names tensors. */
function expectName(name: string, modelName: string): void {
  if (/^[A-Za-z0-9][-A-Za-z0-9._/]*$/.test(name)) return;
  throw new RangeError(
    `toLayersModel: a layer of ${modelName} is called ${describeValue(name)}; expected letters, digits and - . _ /, a letter or digit first, as tfjs-layers takes. Give the layer another name.`,
  );
}

const joined = (path: string, name: string): string => [path, name].filter((each) => each !== '').join('.');

/** A name, numbered if it is taken: `relu`, `relu_1`. */
function unused(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 1; ; number++) if (!taken.has(`${name}_${number}`)) return `${name}_${number}`;
}
