import type { Tensor } from '@tensorflow/tfjs-core';
import { inputPart } from '../../layers/shape/input-part.js';
import { sizeOf } from '../../shapes.js';
import type { Tensors } from '../../types.js';
import type { DropoutMasks } from '../dropout-masks.js';
import type { Application } from '../read-applications.js';
import type { LayersModel, LayersModelWeight } from '../types.js';
import { foreign } from './foreign.js';
import { compilers } from './table.js';
import type { CompiledNode, CompiledStep, LayerSource } from './types.js';

/** What became of a layer of a `tf.LayersModel`. */
export interface LayerCompilation {
  /** The layer's name, after those of the models within the model that it is in: `base/conv1`. */
  readonly layer: string;
  readonly className: string;
  /** `rules` of this package, or `tensorflow`: TensorFlow.js runs it and differentiates it. */
  readonly by: 'rules' | 'tensorflow';
  /** What it costs that TensorFlow.js runs it. */
  readonly cost?: string;
}

export interface Compilation {
  readonly nodes: readonly CompiledNode[];
  readonly layers: readonly LayerCompilation[];
}

const cost =
  'Each backward pass repeats its forward pass, and the model has neither jvp nor secondOrder: hypergradients take backward passes, and products with the Hessian are differences of gradients.';

/** The nodes of a LayersModel: layers of ours where they are known, TensorFlow.js where not. */
export function compileNodes(
  layersModel: LayersModel,
  applications: readonly Application[] | undefined,
  masks: DropoutMasks,
): Compilation {
  const nodes: CompiledNode[] = [];
  const add = (node: CompiledNode): number => nodes.push(node) - 1;
  const inputs = inputParts(layersModel).map((layer) =>
    layer === undefined ? -1 : add({ layer, from: [-1], weights: [] }),
  );
  const isTrained = (weight: LayersModelWeight) => layersModel.trainableWeights.includes(weight);
  const runByTensorFlow = (
    runs: NonNullable<CompiledNode['foreign']>,
    from: readonly number[],
    outputShape: readonly number[],
  ): number => {
    const { layer: owner } = runs;
    const all = [...owner.trainableWeights, ...owner.nonTrainableWeights];
    const parameters = all.filter(isTrained);
    const statistics = all.filter((weight) => !isTrained(weight));
    const apply = (at: Tensors, training: boolean) =>
      [owner.apply((at.length === 1 ? at[0] : at) as never, { training } as never)].flat()[0] as Tensor;
    const layer = foreign({ name: owner.name, apply, parameters, statistics, outputShape, masks });
    return add({ layer, from, weights: [...parameters, ...statistics], foreign: runs });
  };

  if (applications === undefined) {
    const outputShape = layersModel.outputs[0]!.shape.slice(1) as number[];
    const inputShapes = layersModel.inputs.map(({ shape }) => shape.slice(1) as number[]);
    runByTensorFlow(
      { layer: layersModel as never, className: 'LayersModel', inputShapes },
      inputs,
      outputShape,
    );
    const whole = { layer: layersModel.name, className: 'LayersModel', by: 'tensorflow', cost } as const;
    return { nodes, layers: [whole] };
  }

  const layers: LayerCompilation[] = [];
  /** Where each application's output comes from. */
  const outputs: number[] = [];
  const known = new Map<object, readonly CompiledStep[] | undefined>();
  for (const application of applications) {
    const { layer, path, outputShape } = application;
    const from = application.from.map((source) => (source < 0 ? inputs[-1 - source]! : outputs[source]!));
    const source = sourceOf(application);
    // Applied again with weights, it is shared.
    const hasWeights = layer.trainableWeights.length + layer.nonTrainableWeights.length > 0;
    const steps =
      hasWeights && known.has(layer) ? known.get(layer) : compilers.get(layer.getClassName())?.(source);
    known.set(layer, steps);
    const report = { layer: path, className: layer.getClassName() };
    if (steps === undefined) {
      const runs = { layer, className: layer.getClassName(), inputShapes: application.inputShapes };
      outputs.push(runByTensorFlow(runs, from, outputShape));
      layers.push({ ...report, by: 'tensorflow', cost });
      continue;
    }
    let passed = from;
    for (const step of steps) {
      const weights = (step.weights ?? []).map((name) =>
        typeof name === 'number' ? name : (weightOf(layer, name) as LayersModelWeight),
      );
      passed = [add({ layer: step.layer, from: passed, weights, fusion: step.fusion })];
    }
    outputs.push(passed[0]!);
    layers.push({ ...report, by: 'rules' });
  }
  return { nodes, layers };
}

function sourceOf({ layer, path, inputShapes, outputShape }: Application): LayerSource {
  return {
    name: path,
    layer,
    config: layer.getConfig() as Record<string, unknown>,
    inputShapes,
    outputShape,
    shapeOf: (name) => weightOf(layer, name)?.read().shape,
  };
}

/** Weights are named `layer/kernel`. */
const weightOf = (
  { trainableWeights, nonTrainableWeights }: Application['layer'],
  name: string,
): LayersModelWeight | undefined =>
  [...trainableWeights, ...nonTrainableWeights].find(
    ({ originalName }) => originalName.split('/').at(-1) === name,
  );

/** What cuts each of several inputs out of a row; a single input is taken as it is. */
function inputParts({ inputs }: LayersModel) {
  if (inputs.length === 1) return [undefined];
  const shapes = inputs.map(({ shape }) => shape.slice(1) as number[]);
  const sizes = shapes.map(sizeOf);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return shapes.map((shape, k) => {
    const start = sizes.slice(0, k).reduce((sum, size) => sum + size, 0);
    return inputPart({ name: `input${k + 1}`, inputs: total, start, shape });
  });
}
