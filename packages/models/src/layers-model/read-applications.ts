import { sizeOf } from '../shapes.js';
import { isModel } from './layers-within.js';
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
 * The graph of a LayersModel, models within it opened, in the order in which tfjs-layers runs it. Undefined if a layer
 * gives several tensors or sizes stay open, so that there is no graph of whole layers, or the last of them does not give the
 * output.
 *
 * @param shapes of one example of each input; see `inputShapesOf`.
 */
export function readApplications(
  layersModel: LayersModel,
  shapes: readonly (readonly number[])[],
): readonly Application[] | undefined {
  const applications: Application[] = [];
  const shapeOf = (number: number): readonly number[] =>
    number < 0 ? shapes[-1 - number]! : applications[number]!.outputShape;

  /** Appends what leads to the output of a model, given the numbers of its inputs; the number of its output. */
  function read({ inputs, outputs }: Graph, numbers: readonly number[], prefix: string): number | undefined {
    const known = new Map<LayersModelTensor, number>(inputs.map((tensor, k) => [tensor, numbers[k]!]));
    const numberOf = (tensor: LayersModelTensor): number | undefined => {
      const before = known.get(tensor);
      if (before !== undefined) return before;
      const { sourceLayer: layer } = tensor;
      const node = layer.inboundNodes[tensor.nodeIndex];
      // A node that reads itself is that of an input.
      if (node?.outputTensors.length !== 1 || node.inputTensors.includes(tensor)) return undefined;
      // From the last to the first, as tfjs-layers: in that order statistics of a shared layer move, and masks are drawn.
      const from = node.inputTensors.toReversed().flatMap((each) => numberOf(each) ?? []);
      from.reverse();
      if (from.length < node.inputTensors.length) return undefined;
      const path = prefix + layer.name;
      if (isModel(layer)) {
        // Its inputs are cast to their dtypes, and only those of the whole model are here.
        const isCast = layer.inputs.some(({ dtype }, k) => dtype !== dtypeOf(layersModel, from[k]!));
        return isCast ? undefined : remember(read(layer, from, `${path}/`));
      }
      const inputShapes = from.map(shapeOf);
      const outputShape = outputShapeOf(layer, inputShapes, tensor);
      return remember(applications.push({ layer, path, from, inputShapes, outputShape }) - 1);

      function remember(number: number | undefined): number | undefined {
        if (number !== undefined) known.set(tensor, number);
        return number;
      }
    };
    return outputs.length === 1 ? numberOf(outputs[0]!) : undefined;
  }

  const numbers = layersModel.inputs.map((_, k) => -1 - k);
  const output = read(layersModel, numbers, '');
  const isClosed = applications.every(({ outputShape }) => outputShape.every(Number.isInteger));
  // A model may give its input, or what it computes before something that it ignores.
  const isLast = output !== undefined && output >= 0 && output === applications.length - 1;
  return isLast && isClosed ? applications : undefined;
}

/** The dtype in which tfjs-layers hands a source on: float32, unless it is an input of the model. */
export const dtypeOf = ({ inputs }: LayersModel, source: number): string =>
  source < 0 ? inputs[-1 - source]!.dtype : 'float32';

type Graph = Pick<LayersModel, 'inputs' | 'outputs'>;

/** What tfjs-layers has worked out; it leaves a size of a `reshape` open, and what follows from it. */
function outputShapeOf(
  layer: LayersModelLayer,
  inputShapes: readonly (readonly number[])[],
  { shape }: LayersModelTensor,
): readonly number[] {
  const known = shape.slice(1) as number[];
  if (layer.getClassName() === 'Concatenate' && (layer.getConfig() as { axis: number }).axis < 0) {
    // Joined along the last axis whatever negative one it is told; the shape that it states is that of the other.
    const last = inputShapes.reduce((sum, each) => sum + each.at(-1)!, 0);
    return [...inputShapes[0]!.slice(0, -1), last];
  }
  if (known.every(Number.isInteger)) return known;
  if (layer.getClassName() === 'Reshape') {
    const given = known.reduce((size, length) => size * (length ?? 1), 1);
    return known.map((length) => length ?? sizeOf(inputShapes[0]!) / given);
  }
  const batches = inputShapes.map((each) => [null, ...each]);
  const { computeOutputShape } = layer as unknown as ShapedLayer;
  return computeOutputShape.call(layer, batches.length === 1 ? batches[0]! : batches).slice(1) as number[];
}

interface ShapedLayer {
  computeOutputShape(inputShape: unknown): readonly (number | null)[];
}

/** A shape without the batch. */
export const exampleShape = ({ shape }: LayersModelTensor): number[] => shape.slice(1) as number[];
