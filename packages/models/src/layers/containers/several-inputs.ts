import type { Tensor } from '@tensorflow/tfjs-core';
import type { Cotangents, Layer, MergedCotangents, MergingLayer } from '../../types.js';

/** A layer that may lack a forward-mode rule, as one that TensorFlow.js runs does. */
type Derivable<Any extends { readonly jvp: unknown }> = Omit<Any, 'jvp'> & Partial<Pick<Any, 'jvp'>>;
export type DerivableLayer = Derivable<Layer>;
export type DerivableMergingLayer = Derivable<MergingLayer>;

/** A layer as a merging one of a single input; a merging one as it is. */
export function severalInputs(layer: DerivableLayer | DerivableMergingLayer): DerivableMergingLayer {
  if (isMerging(layer)) return layer;
  const { jvp, secondOrder } = layer;
  return {
    name: layer.name,
    parameters: layer.parameters,
    statistics: layer.statistics,
    mergedShape: ([shape]) => layer.outputShape(shape!),
    initialize: layer.initialize,
    forward: (weights, [input], mode) => layer.forward(weights, input!, mode),
    vjp: (weights, cache, cotangent, [wantInput]) =>
      listed(layer.vjp(weights, cache, cotangent, wantInput === true)),
    ...(jvp && {
      jvp: (weights, cache, tangents, [inputTangent]) => jvp(weights, cache, tangents, inputTangent),
    }),
    ...(secondOrder && {
      secondOrder(weights, cache, cotangent, [wantInput]) {
        const pass = secondOrder(weights, cache, cotangent, wantInput === true);
        return {
          ...listed(pass),
          along(parameterTangents, [inputTangent]) {
            const { output, pullBack } = pass.along(parameterTangents, inputTangent);
            return { output, pullBack: (cotangentTangent: Tensor) => listed(pullBack(cotangentTangent)) };
          },
        };
      },
    }),
  };
}

export const isMerging = (layer: DerivableLayer | DerivableMergingLayer): layer is DerivableMergingLayer =>
  'mergedShape' in layer;

const listed = ({ parameters, input }: Cotangents): MergedCotangents => ({ parameters, inputs: [input] });
