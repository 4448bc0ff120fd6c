import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** The declaration of one tensor of a layer or model: `weight` of shape `[inputs, outputs]`, say. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * `[height, width, channels]` of the image that a dense weight's inputs were flattened from, if known. PyTorch
   * flattens channels first.
   */
  readonly fromImage?: readonly [height: number, width: number, channels: number];
  /**
   * How PyTorch lays the tensor out, if its axes do not say: `asIs` as here, `groups` as a filter of as many groups as
   * inputs. By default it exchanges inputs and outputs of dense weights and filters.
   */
  readonly torchLayout?: 'asIs' | 'groups';
}

/** Tensors in the order of the specs that declare them. Never mutated: an update makes new tensors. */
export type Tensors = readonly Tensor[];

/**
 * Trainable tensors and batch-norm running statistics, in the order of a model's `parameters` and `statistics`.
 * Whoever holds the object owns both.
 */
export interface Weights {
  readonly parameters: Tensors;
  readonly statistics: Tensors;
}

/** `training` normalises by the batch's own statistics, `evaluation` by the running ones. */
export type Mode = 'training' | 'evaluation';

/** Draws from U[low, high), rounded to float32; the only source of randomness of an initialisation. */
export type UniformSampler = (low: number, high: number) => number;

/**
 * What a forward pass leaves behind. `cache` holds tensors that the pass used or made (inputs, activations), in objects
 * and arrays, where `tf.tidy` finds them; no other tensor is left. It is valid inside the `tf.tidy` that surrounds the
 * pass and is never disposed of by hand.
 */
export interface Forward<Cache = unknown> {
  readonly output: Tensor;
  readonly cache: Cache;
  /** Running statistics after this batch; in `evaluation` mode, the ones passed in. */
  readonly statistics: Tensors;
}

/** What a vector-Jacobian product returns; `input` is undefined unless it was asked for. */
export interface Cotangents {
  readonly parameters: Tensors;
  readonly input: Tensor | undefined;
}

/** A backward pass and its own derivatives: forward mode over reverse. Lives in the `tf.tidy` around it, as a cache does. */
export interface SecondOrder extends Cotangents {
  /** Along tangents (ẇ, ẋ) of what the pass was made at; an undefined `inputTangent` means zero. */
  along(parameterTangents: Tensors, inputTangent: Tensor | undefined): SecondOrderTangent;
}

/** How a pass forwards and back moves along one tangent. */
export interface SecondOrderTangent {
  /** ẏ, as of `jvp`. */
  readonly output: Tensor;
  /** How the cotangents move when the output's cotangent moves along this tangent: those of `vjp`, differentiated. */
  pullBack(cotangentTangent: Tensor): Cotangents;
}

declare const readBy: unique symbol;

/** What a forward pass keeps for the derivatives of the layer or model that made it; nobody else can read it. */
export interface OpaqueCache<Maker extends string> {
  readonly [readBy]: Maker;
}

/** What every layer can be told. */
export interface LayerOptions {
  /** What parameters, `features` and errors call the layer. Default: the name of the function that makes it. */
  readonly name?: string;
}

/** What a layer is in tfjs-layers: one layer, or several that read each other. */
export type KerasForm = KerasLayer | KerasGraph;

/** `tf.layers[factory](config)`, whose weights are the layer's parameters, then its statistics. */
export interface KerasLayer {
  readonly factory: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Layers of ours, which hold the parameters, with `name.` in front as in `joint`; no node at all passes the input on. */
export interface KerasGraph {
  readonly layers: readonly (Layer | MergingLayer)[];
  /** Which of the layers, and what it reads: numbers of earlier nodes, or −1 − k for input k. The last one gives the output. */
  readonly nodes: readonly { readonly layer: number; readonly from: readonly number[] }[];
}

/**
 * A differentiable map y = f(w, x) as a value: rules and no state.
 *
 * Inputs are borrowed, outputs belong to the caller. `vjp` and `jvp` are exact derivatives of `forward` in the
 * mode that made the cache; batch norm in training mode differentiates through the batch's statistics.
 */
export interface Layer<Cache = unknown> {
  readonly name: string;
  readonly parameters: readonly TensorSpec[];
  readonly statistics: readonly TensorSpec[];
  /** The shape that leaves the layer, without the batch axis; throws if the input does not fit. */
  outputShape(inputShape: readonly number[]): readonly number[];
  /** Draws initial weights as PyTorch's default initialisation does, in its order. */
  initialize(uniform: UniformSampler): Weights;
  forward(weights: Weights, input: Tensor, mode: Mode): Forward<Cache>;
  /** Jᵀu: `cotangent` has the output's shape; the input's cotangent is made only if `wantInput`. */
  vjp(weights: Weights, cache: Cache, cotangent: Tensor, wantInput: boolean): Cotangents;
  /** J(ẇ, ẋ): `parameterTangents` in the order of `parameters`; an undefined `inputTangent` means zero. */
  jvp(weights: Weights, cache: Cache, parameterTangents: Tensors, inputTangent: Tensor | undefined): Tensor;
  /** `vjp` with its exact derivatives: what Hessian-vector products are made of. A layer may lack it. */
  secondOrder?(weights: Weights, cache: Cache, cotangent: Tensor, wantInput: boolean): SecondOrder;
  /** How many things there are to look up, if the layer takes whole numbers from 0 below that; see `embedding`. */
  readonly inputDim?: number;
  /** What it is in tfjs-layers for examples of a shape, undefined if nothing there computes it; see `toLayersModel`. */
  keras?(inputShape: readonly number[]): KerasForm | undefined;
}

/** What a merging layer's vector-Jacobian product returns: an input's is undefined unless it was asked for. */
export interface MergedCotangents {
  readonly parameters: Tensors;
  readonly inputs: readonly (Tensor | undefined)[];
}

/** As `SecondOrder`, of several inputs; undefined tangents mean zero. */
export interface MergedSecondOrder extends MergedCotangents {
  along(
    parameterTangents: Tensors,
    inputTangents: readonly (Tensor | undefined)[],
  ): {
    readonly output: Tensor;
    pullBack(cotangentTangent: Tensor): MergedCotangents;
  };
}

/** A layer of several inputs, y = f(w, x₁, x₂, …): what `graph` joins branches by. Its rules are those of `Layer`, by lists. */
export interface MergingLayer<Cache = unknown> {
  readonly name: string;
  readonly parameters: readonly TensorSpec[];
  readonly statistics: readonly TensorSpec[];
  /** The shape that leaves the layer, without the batch axis; throws if the inputs do not fit together. */
  mergedShape(inputShapes: readonly (readonly number[])[]): readonly number[];
  initialize(uniform: UniformSampler): Weights;
  forward(weights: Weights, inputs: Tensors, mode: Mode): Forward<Cache>;
  /** Jᵀu: input k's cotangent is made only if `wantInputs[k]`. */
  vjp(weights: Weights, cache: Cache, cotangent: Tensor, wantInputs: readonly boolean[]): MergedCotangents;
  jvp(
    weights: Weights,
    cache: Cache,
    parameterTangents: Tensors,
    inputTangents: readonly (Tensor | undefined)[],
  ): Tensor;
  secondOrder?(
    weights: Weights,
    cache: Cache,
    cotangent: Tensor,
    wantInputs: readonly boolean[],
  ): MergedSecondOrder;
  /** As `keras` of a `Layer`. */
  keras?(inputShapes: readonly (readonly number[])[]): KerasForm | undefined;
}

/** A layer that has a second-order rule. */
export type SecondOrderLayer<Cache = unknown> = Layer<Cache> & Required<Pick<Layer<Cache>, 'secondOrder'>>;

/** What a model adds to its training loss for a parameter: l1 Σ|w| + l2 Σ w². */
export interface Penalty {
  readonly l1: number;
  readonly l2: number;
}

/** Entries of an example that a layer looks up in a table of so many rows: whole numbers from 0 to `inputDim` − 1. */
export interface LookUp {
  /** The layer's name. */
  readonly layer: string;
  readonly inputDim: number;
  /** The first entry of the example, flat, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

export interface VjpOptions {
  /**
   * Nothing is asked of the cache after this pass: each activation is disposed of once the last layer that reads it is
   * done, instead of at the end of the `tf.tidy` around the forward pass. Default false; a model may ignore it.
   */
  readonly consume?: boolean;
}

/** A layer from a batch of inputs to logits `[batch, classes]`. */
export interface Model<Cache = unknown> {
  readonly name: string;
  /** One example's shape, such as `[32, 32, 3]` (height, width, channels). */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly parameters: readonly TensorSpec[];
  readonly statistics: readonly TensorSpec[];
  /** What the training loss of a `logitProblem` has besides that of the logits, one for each parameter; absent if nothing. */
  readonly penalties?: readonly Penalty[];
  /** Why the model predicts and cannot be trained, as a sentence with its remedy; absent if it can. */
  readonly untrainable?: string;
  /** Entries of an example that embeddings look up; absent if there are none. */
  readonly lookUps?: readonly LookUp[];
  /** The batch norm that gives the same for any training batch of one example; absent if there is none. */
  readonly normalizedAway?: string;
  initialize(uniform: UniformSampler): Weights;
  /** `[batch, ...inputShape]` -> logits, and what the derivatives need. See `Forward` for the cache's lifetime. */
  forward(
    weights: Weights,
    inputs: Tensor,
    mode: Mode,
  ): { readonly logits: Tensor2D; readonly cache: Cache; readonly statistics: Tensors };
  /** Logits in evaluation mode; keeps nothing. */
  predict(weights: Weights, inputs: Tensor): Tensor2D;
  /** Jᵀu for a cotangent `[batch, classes]` of the logits: one tensor per parameter. */
  vjp(weights: Weights, cache: Cache, logitsCotangent: Tensor2D, options?: VjpOptions): Tensors;
  /** Jv for a tangent of the parameters: `[batch, classes]`; absent if the model has no forward-mode rule. */
  jvp?(weights: Weights, cache: Cache, parameterTangents: Tensors): Tensor2D;
  /** `vjp` with its exact derivatives; absent if a layer has no such rule. */
  secondOrder?(weights: Weights, cache: Cache, logitsCotangent: Tensor2D): ModelSecondOrder;
}

/** A model's backward pass and its own derivatives. Lives in the `tf.tidy` around it. */
export interface ModelSecondOrder {
  /** Jᵀu, one tensor per parameter. */
  readonly parameters: Tensors;
  /**
   * Along a tangent v of the parameters: Jv, and how Jᵀu moves when u moves along a tangent u̇, (∂(Jᵀu)/∂w) v + Jᵀu̇.
   */
  along(parameterTangents: Tensors): {
    readonly logits: Tensor2D;
    pullBack(cotangentTangent: Tensor2D): Tensors;
  };
}
