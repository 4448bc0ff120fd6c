import { dispose, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { joint } from './layers/joint.js';
import { sequential } from './layers/sequential.js';
import { formatBatchShape, sameShape } from './shapes.js';
import type { Layer, Model, TensorSpec, Tensors, Weights } from './types.js';

export interface ModelOptions {
  readonly name: string;
  /** One example's shape, such as `[32, 32, 3]` (height, width, channels). */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** From an example to `[classes]`. */
  readonly layers: readonly Layer[];
}

/**
 * Layers from a batch of inputs to logits `[batch, classes]` as a `Model`.
 *
 * @throws RangeError where a layer does not fit the one before, or the last does not give `[classes]`; on use, where
 *   inputs or weights have other shapes than declared.
 * @throws TypeError on use, where inputs are not float32.
 */
export function model(options: ModelOptions): Model<readonly unknown[]> {
  const { name, inputShape, classes, layers } = options;
  const body = sequential(name, layers);
  const { weightsOf } = joint(name, layers);
  expectLogits(name, body.outputShape(inputShape), classes);
  const check = (weights: Weights, inputs: Tensor) => {
    expectInputs(name, inputs, inputShape);
    expectTensors(name, 'weights.parameters', weights.parameters, body.parameters);
    expectTensors(name, 'weights.statistics', weights.statistics, body.statistics);
  };
  return {
    name,
    inputShape,
    classes,
    parameters: body.parameters,
    statistics: body.statistics,
    initialize: body.initialize,

    forward(weights, inputs, mode) {
      check(weights, inputs);
      const { output, cache, statistics } = body.forward(weights, inputs, mode);
      return { logits: output as Tensor2D, cache, statistics };
    },

    predict(weights, inputs) {
      check(weights, inputs);
      let passed = inputs;
      layers.forEach((layer, i) => {
        const received = passed;
        passed = tidy(() => layer.forward(weightsOf(weights, i), received, 'evaluation').output);
        // One activation at a time: evaluation batches are large.
        if (received !== inputs) dispose(received);
      });
      return passed as Tensor2D;
    },

    vjp: (weights, cache, logitsCotangent) => body.vjp(weights, cache, logitsCotangent, false).parameters,

    jvp(weights, cache, parameterTangents) {
      expectTensors(name, 'parameterTangents', parameterTangents, body.parameters);
      return body.jvp(weights, cache, parameterTangents, undefined) as Tensor2D;
    },
  };
}

function expectLogits(name: string, shape: readonly number[], classes: number): void {
  if (shape.length === 1 && shape[0] === classes) return;
  throw new RangeError(
    `${name}: layers give ${formatBatchShape(shape)}; expected logits ${formatBatchShape([classes])}. End with dense({ outputs: ${classes} }).`,
  );
}

function expectInputs(name: string, inputs: Tensor, inputShape: readonly number[]): void {
  if (!sameShape(inputs.shape.slice(1), inputShape)) {
    throw new RangeError(
      `${name}: inputs has shape [${inputs.shape.join(', ')}]; expected ${formatBatchShape(inputShape)}. Images are channels-last.`,
    );
  }
  if (inputs.dtype !== 'float32') {
    throw new TypeError(
      `${name}: inputs has dtype ${inputs.dtype}; expected float32. Normalise the batch, or cast it.`,
    );
  }
}

function expectTensors(name: string, argument: string, tensors: Tensors, specs: readonly TensorSpec[]): void {
  if (tensors.length !== specs.length) {
    throw new RangeError(
      `${name}: ${argument} has ${tensors.length} tensors; expected ${specs.length}. Are they of another model?`,
    );
  }
  specs.forEach((spec, i) => {
    const { shape } = tensors[i] as Tensor;
    if (sameShape(shape, spec.shape)) return;
    throw new RangeError(
      `${name}: ${argument}[${i}] has shape [${shape.join(', ')}]; expected [${spec.shape.join(', ')}] for ${spec.name}. Are they of another model?`,
    );
  });
}
