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

/** What sizes other than the batch are taken for if a model leaves them open: one of these has to train. */
const openSizes = [8, 32];

/**
 * Refuses a model that does not train on the current backend: one forward and backward pass over one example of zeros. Sizes
 * that the model leaves open are 8 there, or 32 if it does not train so. The model is as before afterwards.
 *
 * @throws Error that names the first layer that does not train here, in a nested model too, and why.
 */
export function refuseUntrainable(caller: string, model: TrainableModel): void {
  const shapes = model.inputs.map(({ shape }) => shape);
  const isOpen = shapes.some((shape) => shape.slice(1).includes(null));
  const failures: Failure[] = [];
  for (const size of isOpen ? openSizes : openSizes.slice(0, 1)) {
    const closed = shapes.map((shape) => closedShape(shape, size));
    const error = trainingFailure(model, closed, false);
    if (error === undefined) return;
    failures.push({ error, layer: culpritOf(model, size, false) });
  }
  const { error, layer } = failures.at(-1)!;
  const what = {
    layer: layer ? `layer ${layer.name} (${layer.getClassName()})` : 'a layer',
    model: model.name,
    sizes: isOpen ? `, with ${openSizes.join(' and ')} for the sizes that are open` : '',
  };
  const remedy = layer ? remedyFor(layer, closedShapesOf(layer, openSizes.at(-1)!)) : freezing;
  throw new Error(`${caller}: ${failureSentence(what, error, remedy)}`, { cause: error });
}

/** What does not train: its name with its kind, the model that it is in, and which sizes were tried. */
interface Untrained {
  readonly layer: string;
  readonly model: string;
  readonly sizes?: string;
}

/** A failure in words: what does not train on the backend in use, why, and what helps. */
export const failureSentence = (
  { layer, model, sizes = '' }: Untrained,
  error: Error,
  remedy: string,
): string =>
  `${layer} of ${model} does not train on the backend ${getBackend()}${sizes}: ${error.message.replace(/\.$/, '')}. ${remedy}`;

interface Failure {
  readonly error: Error;
  readonly layer: TrainableLayer | undefined;
}

/** The first layer that does not train; of a nested model, the one in it. */
function culpritOf(model: TrainableModel, size: number, byInputs: boolean): TrainableLayer | undefined {
  let trained = byInputs;
  for (const layer of model.layers) {
    // These take no tensors.
    if (layer.getClassName() === 'InputLayer') continue;
    const failure = trainingFailure(layer, closedShapesOf(layer, size), trained);
    if (failure) return isModel(layer) ? (culpritOf(layer, size, trained) ?? layer) : layer;
    trained ||= trains(layer);
  }
  return undefined;
}

const isModel = (layer: TrainableLayer): layer is TrainableModel => 'layers' in layer && 'inputs' in layer;

const freezing = 'Use another layer, or set trainable = false for what comes before it.';

/** What helps with a layer that does not train, by whether it runs forward and without a gradient of its inputs. */
export function remedyFor(layer: TrainableLayer, shapes: readonly Shape[]): string {
  const closed = shapes.map((shape) => closedShape(shape, 1));
  if (failureOf(layer, () => tidy(() => void apply(layer, closed)))) return 'Use another layer.';
  if (!trains(layer) || !trainingFailure(layer, closed, false)) return freezing;
  return 'Use another layer, or set trainable = false for it and for what comes before it.';
}

const trains = ({ trainableWeights }: TrainableLayer) => trainableWeights.length > 0;

/** The shapes of a layer's inputs, one example each. */
function closedShapesOf({ inboundNodes }: TrainableLayer, size: number): readonly number[][] {
  const shapes = inboundNodes[0]?.inputShapes ?? [];
  const each = Array.isArray(shapes[0]) ? (shapes as readonly Shape[]) : [shapes as Shape];
  return each.map((shape) => closedShape(shape, size));
}

const closedShape = (shape: Shape, size: number): number[] =>
  shape.map((length, axis) => length ?? (axis === 0 ? 1 : size));

/** Why a layer or model does not train, also through its inputs if these ask for a gradient. Open sizes are 1. */
export function trainingFailure(
  layer: TrainableLayer,
  shapes: readonly Shape[],
  byInputs: boolean,
): Error | undefined {
  return failureOf(layer, () =>
    tidy(() => {
      const inputs = shapes.map((shape) => zeros(closedShape(shape, 1)));
      const total = (...at: Tensor[]): Scalar =>
        addN(outputsOf(layer, at).map((output) => sum(output))) as Scalar;
      if (byInputs) grads(total)(inputs);
      const parameters = layer.trainableWeights.map((weight) => weight.read() as Variable);
      if (parameters.length > 0) variableGrads(() => total(...inputs), parameters);
      else if (!byInputs) total(...inputs);
    }),
  );
}

const outputsOf = (layer: TrainableLayer, inputs: readonly Tensor[]): Tensor[] =>
  [layer.apply(inputs as never, { training: true })].flat() as Tensor[];

const apply = (layer: TrainableLayer, shapes: readonly (readonly number[])[]): Tensor[] =>
  outputsOf(
    layer,
    shapes.map((shape) => zeros([...shape])),
  );

/** What `body` throws; the layer's statistics are as before. */
function failureOf(layer: TrainableLayer, body: () => void): Error | undefined {
  const statistics = layer.nonTrainableWeights.map((weight) => weight.read() as Variable);
  const kept = tidy(() => statistics.map((values) => clone(values)));
  try {
    body();
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
