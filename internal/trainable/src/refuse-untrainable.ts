import {
  addN,
  clone,
  dispose,
  engine,
  getBackend,
  grads,
  type Scalar,
  sum,
  type Tensor,
  tidy,
  type Variable,
  variableGrads,
  zeros,
} from '@tensorflow/tfjs-core';

type Shape = readonly (number | null)[];

/** What the check uses of a layer. */
interface TrainableLayer {
  readonly name: string;
  readonly inboundNodes: readonly { readonly inputShapes: readonly Shape[] | Shape }[];
  readonly trainableWeights: readonly { read(): Tensor }[];
  readonly nonTrainableWeights: readonly { read(): Tensor }[];
  getClassName(): string;
  apply(inputs: never, options?: { readonly training: boolean }): unknown;
}

/** What the check uses of a `tf.LayersModel`. */
export interface TrainableModel extends TrainableLayer {
  readonly layers: readonly TrainableLayer[];
  readonly inputs: readonly { readonly shape: Shape }[];
}

/**
 * Refuses a model that does not train on the current backend: one forward and backward pass over one example of zeros. A
 * model with sizes open other than the batch is not tried. The model is as before afterwards.
 *
 * @throws Error that names the first layer that does not train here, and why.
 */
export function refuseUntrainable(caller: string, model: TrainableModel): void {
  const shapes = model.inputs.map(({ shape }) => shape);
  if (shapes.some((shape) => shape.slice(1).includes(null))) return;
  const error = trainingFailure(model, shapes, false);
  if (error === undefined) return;
  const layer = model.layers.find(
    (each, i) =>
      trainingFailure(each, inputShapesOf(each), model.layers.slice(0, i).some(trains)) !== undefined,
  );
  const where = layer ? `layer ${layer.name} (${layer.getClassName()})` : 'a layer';
  throw new Error(
    `${caller}: ${where} of ${model.name} does not train on the backend ${getBackend()}: ${error.message.replace(/\.$/, '')}. Use another layer, or set trainable = false for what comes before it.`,
    { cause: error },
  );
}

const trains = ({ trainableWeights }: TrainableLayer) => trainableWeights.length > 0;

function inputShapesOf({ inboundNodes }: TrainableLayer): readonly Shape[] {
  const shapes = inboundNodes[0]?.inputShapes ?? [];
  return Array.isArray(shapes[0]) ? (shapes as readonly Shape[]) : [shapes as Shape];
}

/** Why a layer or model does not train, also through its inputs if these ask for a gradient. */
export function trainingFailure(
  layer: TrainableLayer,
  shapes: readonly Shape[],
  byInputs: boolean,
): Error | undefined {
  const statistics = layer.nonTrainableWeights.map((weight) => weight.read() as Variable);
  const kept = tidy(() => statistics.map((values) => clone(values)));
  try {
    tidy(() => {
      const inputs = shapes.map((shape) => zeros(shape.map((length) => length ?? 1)));
      const total = (...at: Tensor[]): Scalar => {
        const outputs = layer.apply(at as never, { training: true });
        return addN([outputs].flat().map((output) => sum(output as Tensor))) as Scalar;
      };
      if (byInputs) grads(total)(inputs);
      const parameters = layer.trainableWeights.map((weight) => weight.read() as Variable);
      if (parameters.length > 0) variableGrads(() => total(...inputs), parameters);
      else if (!byInputs) total(...inputs);
    });
    return undefined;
  } catch (error) {
    disposeTape();
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    for (const [i, values] of statistics.entries()) values.assign(kept[i] as Tensor);
    dispose(kept);
  }
}

/** Disposes what TensorFlow.js saves for a backward pass, which it leaves behind if that pass throws. */
function disposeTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) dispose(saved ?? []);
  state.activeTape = [];
}
