import { checkOptions, checkPart } from '@metadistill/options';
import { dispose, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { expectPassArguments, expectTensors } from './check-arguments.js';
import { borrowed, consuming } from './layers/containers/consume.js';
import { joint } from './layers/containers/joint.js';
import { sequential } from './layers/containers/sequential.js';
import { scoped } from './scoped.js';
import { formatBatchShape, sizeOf } from './shapes.js';
import type { Layer, Model, OpaqueCache } from './types.js';

export interface ModelOptions {
  readonly name: string;
  /** One example's shape, such as `[32, 32, 3]` (height, width, channels). */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** From an example to `[classes]`. */
  readonly layers: readonly Layer[];
}

/** A model whose layers can be told apart, as `features` needs. */
export interface LayeredModel extends Model<OpaqueCache<'model'>> {
  /** From an example to the logits. */
  readonly layers: readonly Layer[];
  readonly jvp: NonNullable<Model<OpaqueCache<'model'>>['jvp']>;
}

/**
 * Layers from a batch of inputs to logits `[batch, classes]` as a `Model`.
 *
 * @throws RangeError if a layer does not fit the one before, or the last does not give `[classes]`; on use, if
 *   inputs or weights have other shapes than declared.
 * @throws TypeError on use, if inputs are not float32.
 */
export function model(options: ModelOptions): LayeredModel {
  checkOptions('model', options, {
    name: 'string',
    inputShape: 'numbers',
    classes: 'number',
    layers: 'layer[]',
  });
  const { name, inputShape, classes, layers } = options;
  const body: Layer = sequential({ name, layers });
  const { weightsOf } = joint(name, layers);
  expectLogits(name, body.outputShape(inputShape), classes);
  const { parameters, statistics, secondOrder, inputDim } = body;
  const declared = { name, inputShape, parameters, statistics };
  return {
    ...declared,
    classes,
    layers,
    ...(inputDim && { lookUps: [{ layer: layers[0]!.name, inputDim, start: 0, end: sizeOf(inputShape) }] }),
    initialize(uniform) {
      checkPart(name, 'uniform', uniform, 'uniform');
      return scoped(() => body.initialize(uniform));
    },

    forward(weights, inputs, mode) {
      expectPassArguments(declared, weights, inputs, mode);
      const { output, cache, statistics } = body.forward(weights, inputs, mode);
      return {
        logits: output as Tensor2D,
        cache: borrowed(cache as OpaqueCache<'model'>, [inputs, output]),
        statistics,
      };
    },

    predict(weights, inputs) {
      expectPassArguments(declared, weights, inputs, 'evaluation');
      // What is there when a layer throws is disposed of.
      return tidy(() => {
        let passed = inputs;
        layers.forEach((layer, i) => {
          const received = passed;
          passed = tidy(() => layer.forward(weightsOf(weights, i), received, 'evaluation').output);
          // One activation at a time: evaluation batches are large.
          if (received !== inputs) dispose(received);
        });
        return passed as Tensor2D;
      });
    },

    vjp(weights, cache, logitsCotangent, { consume = false } = {}) {
      const pass = () => body.vjp(weights, cache, logitsCotangent, false).parameters;
      return consume ? consuming(cache, [...weights.parameters, ...weights.statistics], pass) : pass();
    },

    jvp(weights, cache, parameterTangents) {
      expectTensors(name, 'parameterTangents', parameterTangents, parameters);
      return body.jvp(weights, cache, parameterTangents, undefined) as Tensor2D;
    },

    ...(secondOrder && {
      secondOrder(weights, cache, logitsCotangent) {
        const pass = secondOrder(weights, cache, logitsCotangent, false);
        return {
          parameters: pass.parameters,
          along(parameterTangents) {
            expectTensors(name, 'parameterTangents', parameterTangents, parameters);
            const { output, pullBack } = pass.along(parameterTangents, undefined);
            return {
              logits: output as Tensor2D,
              pullBack: (cotangentTangent) => pullBack(cotangentTangent).parameters,
            };
          },
        };
      },
    }),
  };
}

function expectLogits(name: string, shape: readonly number[], classes: number): void {
  if (shape.length === 1 && shape[0] === classes) return;
  throw new RangeError(
    `${name}: layers give ${formatBatchShape(shape)}; expected logits ${formatBatchShape([classes])}. End with dense({ outputs: ${classes} }).`,
  );
}
