import { checkOptions } from '@metadistill/options';
import type { Tensor } from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type {
  Forward,
  Layer,
  LayerOptions,
  OpaqueCache,
  SecondOrder,
  SecondOrderLayer,
  SecondOrderTangent,
  Tensors,
} from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { chain } from './chain.js';
import { consume } from './consume.js';
import { fit } from './fit.js';
import { joint, joinWeights } from './joint.js';

export interface SequentialOptions extends LayerOptions {
  /** From the first to the last. */
  readonly layers: readonly Layer[];
}

/**
 * Layers one after the other as one layer: y = f_n(… f₁(x)).
 *
 * Parameters and statistics are those of the layers in order, named `layer.parameter`; see `joint`.
 * `vjp` disposes of each intermediate cotangent as soon as it is passed on, and makes none for layers before the first
 * one with parameters unless asked for the input's.
 */
export function sequential(options: SequentialOptions): Layer<OpaqueCache<'sequential'>> {
  checkOptions('sequential', options, { layers: 'layer[]', name: true });
  const { layers, name = 'sequential' } = options;
  const { parameters, statistics, weightsOf, parametersOf } = joint(name, layers);
  const firstTrainable = layers.findIndex((layer) => layer.parameters.length > 0);
  const layer: Layer<readonly unknown[]> = {
    name,
    parameters,
    statistics,
    ...(layers[0]?.inputDim && { inputDim: layers[0].inputDim }),

    outputShape: (inputShape) => layers.reduce((shape, layer) => fit(name, layer, shape), inputShape),

    initialize: (uniform) => joinWeights(layers.map((layer) => layer.initialize(uniform))),

    forward: (weights, input, mode) =>
      scoped(() => {
        const passes: Forward[] = [];
        layers.forEach((layer, i) => {
          passes.push(layer.forward(weightsOf(weights, i), passes[i - 1]?.output ?? input, mode));
        });
        // What no cache holds, such as images before they are pooled, is disposed of.
        return {
          output: passes.at(-1)!.output,
          cache: passes.map(({ cache }) => cache),
          statistics: passes.flatMap((pass) => pass.statistics),
        };
      }),

    vjp: (weights, caches, cotangent, wantInput) =>
      scoped(() => {
        const gradients: Tensors[] = layers.map(() => []);
        const stop = wantInput ? 0 : Math.max(firstTrainable, 0);
        let passed: Tensor | undefined = cotangent;
        for (let i = layers.length - 1; i >= stop && passed !== undefined; i--) {
          const layer = layers[i]!;
          const received: Tensor = passed;
          const { parameters, input } = layer.vjp(
            weightsOf(weights, i),
            caches[i],
            received,
            wantInput || i > stop,
          );
          gradients[i] = parameters;
          passed = input;
          consume(caches, i);
          if (received !== cotangent) received.dispose();
        }
        return { parameters: gradients.flat(), input: wantInput ? passed : undefined };
      }),

    jvp: (weights, caches, parameterTangents, inputTangent) =>
      scoped(() => {
        let tangent = inputTangent;
        layers.forEach((layer, i) => {
          // Zero stays zero through a layer without parameters.
          if (tangent === undefined && layer.parameters.length === 0 && i < layers.length - 1) return;
          const received = tangent;
          tangent = layer.jvp(weightsOf(weights, i), caches[i], parametersOf(parameterTangents, i), received);
          if (received !== inputTangent) received?.dispose();
        });
        return tangent as Tensor;
      }),

    ...(layers.every(({ secondOrder }) => secondOrder) && {
      secondOrder(weights, caches, cotangent, wantInput) {
        const stop = wantInput ? 0 : Math.max(firstTrainable, 0);
        const passes: SecondOrder[] = [];
        let passed: Tensor | undefined = cotangent;
        for (let i = layers.length - 1; i >= stop; i--) {
          const layer = layers[i] as SecondOrderLayer;
          const received = passed as Tensor;
          const pass = layer.secondOrder(weightsOf(weights, i), caches[i], received, wantInput || i > stop);
          passes[i] = pass;
          passed = pass.input;
        }
        return {
          parameters: passes.flatMap(({ parameters }) => parameters),
          input: wantInput ? passed : undefined,
          along(parameterTangents, inputTangent) {
            const moved: SecondOrderTangent[] = [];
            let tangent = inputTangent;
            layers.forEach((layer, i) => {
              const own = parametersOf(parameterTangents, i);
              const along = passes[i]?.along(own, tangent);
              if (along) moved[i] = along;
              // Before the first parameters there is nothing to pull back to.
              tangent =
                along?.output ?? (tangent && layer.jvp(weightsOf(weights, i), caches[i], own, tangent));
            });
            return {
              output: tangent as Tensor,
              pullBack: (cotangentTangent) =>
                scoped(() => {
                  const gradients: Tensors[] = [];
                  let pulled: Tensor | undefined = cotangentTangent;
                  for (let i = layers.length - 1; i >= stop; i--) {
                    const { parameters, input } = moved[i]!.pullBack(pulled as Tensor);
                    gradients[i] = parameters;
                    pulled = input;
                  }
                  return { parameters: gradients.flat(), input: wantInput ? pulled : undefined };
                }),
            };
          },
        };
      },
    }),
  };
  return opaque({ ...layer, keras: () => chain(layers) });
}
