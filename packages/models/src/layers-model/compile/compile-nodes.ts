import { inputPart } from '../../layers/shape/input-part.js';
import { sizeOf } from '../../shapes.js';
import type { DropoutMasks } from '../dropout-masks.js';
import { type Application, dtypeOf, exampleShape } from '../read-applications.js';
import type { LayersModel, LayersModelWeight } from '../types.js';
import { binaryLogits } from './binary-logits.js';
import { compileSteps, weightOf } from './compile-steps.js';
import { foreign } from './foreign.js';
import { inputCast } from './input-cast.js';
import { maskedRegion } from './masked-region.js';
import { castingInputs, type RunByTensorFlow, runApplications, runWhole } from './run-applications.js';
import type { CompiledNode } from './types.js';

/** What became of a layer of a `tf.LayersModel`. */
export interface LayerCompilation {
  /** The layer's name, after those of the models within the model that it is in: `base/conv1`. */
  readonly layer: string;
  readonly className: string;
  /** `rules` of this package, or `tensorflow`: TensorFlow.js runs it and differentiates it. */
  readonly by: 'rules' | 'tensorflow';
  /** What it costs that TensorFlow.js runs it. */
  readonly cost?: string;
  /** What the layer ends with and the model does without, so that it gives logits. */
  readonly lookedThrough?: 'softmax' | 'sigmoid';
}

export interface Compilation {
  readonly nodes: readonly CompiledNode[];
  readonly layers: readonly LayerCompilation[];
}

const cost =
  'Each backward pass repeats its forward pass, and the model has neither jvp nor secondOrder: hypergradients take backward passes, and products with the Hessian are differences of gradients.';

/**
 * The nodes of a LayersModel: layers of ours where they are known, TensorFlow.js where not. It runs the model as a whole if
 * there are no applications, or masks pass between them otherwise than along a chain. The one output of a binary model becomes the logits of two classes.
 */
export function compileNodes(
  layersModel: LayersModel,
  inputShapes: RunByTensorFlow['inputShapes'],
  applications: readonly Application[] | undefined,
  masks: DropoutMasks,
  isBinary: boolean,
): Compilation {
  const nodes: CompiledNode[] = [];
  const add = (node: CompiledNode): number => nodes.push(node) - 1;
  const inputs = inputParts(inputShapes).map((layer, k) => {
    const part = layer === undefined ? -1 : add({ layer, from: [-1], weights: [] });
    const { dtype } = layersModel.inputs[k]!;
    if (dtype === 'float32') return part;
    return add({ layer: inputCast(`input${k + 1}/${dtype}`, dtype), from: [part], weights: [] });
  });
  /** Layers of one input that TensorFlow.js runs: applied again, one is shared, and its statistics move on. */
  const foreignOf = new Map<Application['layer'] | undefined, CompiledNode['layer']>();
  const isTrained = (weight: LayersModelWeight) => layersModel.trainableWeights.includes(weight);
  const addForeign = (
    runs: RunByTensorFlow,
    from: readonly number[],
    outputShape: readonly number[],
    shared?: Application['layer'],
  ) => {
    const all = [...new Set([...runs.trainableWeights, ...runs.nonTrainableWeights])];
    const parameters = all.filter(isTrained);
    const statistics = all.filter((weight) => !isTrained(weight));
    const layer = foreignOf.get(shared) ?? foreign({ runs, parameters, statistics, outputShape, masks });
    if (shared !== undefined) foreignOf.set(shared, layer);
    return add({ layer, from, weights: [...parameters, ...statistics], foreign: runs });
  };

  const steps = compileSteps(applications ?? []);
  const region =
    applications &&
    maskedRegion(
      applications,
      steps.map((each) => each === undefined),
    );
  if (applications === undefined || region === undefined) {
    const squashing = applications?.find((each) => each.squashing !== undefined);
    if (squashing !== undefined) throw squashed(squashing);
    const runs = runWhole(layersModel, inputShapes);
    addForeign(runs, inputs, exampleShape(layersModel.outputs[0]!));
    return { nodes, layers: [{ layer: runs.name, className: runs.className, by: 'tensorflow', cost }] };
  }

  /** Where each application's output comes from. */
  const outputs: number[] = [];
  const nodeOf = (source: number) => (source < 0 ? inputs[-1 - source]! : outputs[source]!);
  applications.forEach((application, i) => {
    const compiled = region.has(i) ? undefined : steps[i];
    if (application.squashing !== undefined && compiled === undefined) throw squashed(application);
    if (compiled !== undefined) {
      let passed = application.from.map(nodeOf);
      for (const { layer, weights = [], fusion } of compiled) {
        const own = weights.map((name) =>
          typeof name === 'number' ? name : weightOf(application.layer, name)!,
        );
        passed = [add({ layer, from: passed, weights: own, fusion })];
      }
      outputs.push(passed[0]!);
      return;
    }
    // All of a region lead to its last.
    const isWithin = region.has(i) && Math.max(...region) > i;
    if (isWithin) {
      outputs.push(Number.NaN);
      return;
    }
    const members = region.has(i) ? [...region] : [i];
    const together = new Map(members.map((k) => [k, applications[k]!]));
    const sources = [...new Set(members.flatMap((k) => applications[k]!.from))].filter(
      (k) => !together.has(k),
    );
    const runs = castingInputs(
      runApplications(together, sources),
      sources.map((source) => dtypeOf(layersModel, source)),
    );
    const shared = members.length === 1 && application.from.length === 1 ? application.layer : undefined;
    outputs.push(addForeign(runs, sources.map(nodeOf), application.outputShape, shared));
  });
  if (isBinary)
    add({ layer: binaryLogits(`${layersModel.name}/classes`), from: [outputs.at(-1)!], weights: [] });
  const layers = applications.map(({ layer, path, squashing }, i): LayerCompilation => {
    const what = { layer: path, className: layer.getClassName() };
    if (region.has(i) || steps[i] === undefined) return { ...what, by: 'tensorflow', cost };
    return { ...what, by: 'rules', ...(squashing && { lookedThrough: squashing }) };
  });
  return { nodes, layers };
}

const squashed = ({ path, squashing }: Application): RangeError =>
  new RangeError(
    `fromLayersModel: the last layer ${path} has the activation ${squashing}, and TensorFlow.js runs it as it is; expected logits. Losses apply the softmax themselves: leave the activation out, and the weights stay the same.`,
  );

/** What cuts each of several inputs out of a row; a single input is taken as it is. */
function inputParts(shapes: RunByTensorFlow['inputShapes']) {
  if (shapes.length === 1) return [undefined];
  const sizes = shapes.map(sizeOf);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return shapes.map((shape, k) => {
    const start = sizes.slice(0, k).reduce((sum, size) => sum + size, 0);
    return inputPart({ name: `input${k + 1}`, inputs: total, start, shape });
  });
}
