import type { LayersModel, LayersModelLayer, LayersModelTensor } from './types.js';

/** One layer of a LayersModel at one place of its graph. */
export interface Application {
  readonly layer: LayersModelLayer;
  /** The layer's name, after those of the models within the model that it is in: `base/conv1`. */
  readonly path: string;
  /** What it reads: numbers of earlier applications; −1 − k for input k of the model. */
  readonly from: readonly number[];
  /** One example's shapes. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  /** What it ends with, if that is looked through; see `lookThrough`. */
  readonly squashing?: 'softmax' | 'sigmoid';
}

/**
 * The graph of a LayersModel, models within it opened, each application after those that it reads. Undefined if a layer
 * gives several tensors or sizes are open, so that there is no graph of whole layers.
 */
export function readApplications(layersModel: LayersModel): readonly Application[] | undefined {
  const applications: Application[] = [];
  const output = readOutputs(
    layersModel,
    layersModel.inputs.map((_, k) => -1 - k),
    '',
    applications,
  );
  const isClosed = applications.every(({ inputShapes, outputShape }) =>
    [...inputShapes, outputShape].flat().every((length) => Number.isInteger(length)),
  );
  return output !== undefined && isClosed ? applications : undefined;
}

/** Appends the applications that lead to a model's output, given the numbers of its inputs; the number of its output. */
function readOutputs(
  model: Pick<LayersModel, 'inputs' | 'outputs'>,
  inputs: readonly number[],
  prefix: string,
  applications: Application[],
): number | undefined {
  const known = new Map<LayersModelTensor, number>(model.inputs.map((tensor, k) => [tensor, inputs[k]!]));
  const numberOf = (tensor: LayersModelTensor): number | undefined => {
    const before = known.get(tensor);
    if (before !== undefined) return before;
    const { sourceLayer: layer } = tensor;
    const node = layer.inboundNodes[tensor.nodeIndex];
    // A node that reads itself is that of an input.
    if (node?.outputTensors.length !== 1 || node.inputTensors.includes(tensor)) return undefined;
    const from = node.inputTensors.map(numberOf);
    if (from.some((each) => each === undefined)) return undefined;
    const path = prefix + layer.name;
    const number = isModel(layer)
      ? readOutputs(layer, from as number[], `${path}/`, applications)
      : applications.push({
          layer,
          path,
          from: from as number[],
          inputShapes: node.inputTensors.map(exampleShape),
          outputShape: exampleShape(tensor),
        }) - 1;
    if (number !== undefined) known.set(tensor, number);
    return number;
  };
  return model.outputs.length === 1 ? numberOf(model.outputs[0]!) : undefined;
}

const exampleShape = ({ shape }: LayersModelTensor) => shape.slice(1) as number[];

const isModel = (layer: object): layer is Pick<LayersModel, 'inputs' | 'outputs'> =>
  'layers' in layer && 'inputs' in layer && 'outputs' in layer;
