import {
  addN,
  cast,
  greater,
  less,
  logicalNot,
  maximum,
  minimum,
  mul,
  type Tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type { MergingLayer, Tensors } from '../../types.js';
import { linearMerging } from '../rules/linear-merging.js';
import { broadcastShape, repeatTo, sumTo } from './broadcast.js';

/** For each input 1 where it is the extremum, in the result's shape, 0 elsewhere. */
interface Winners {
  readonly masks: Tensors;
  readonly inputShapes: readonly (readonly number[])[];
}

/** The largest or smallest of the inputs, elementwise; the first of equal ones takes the gradient. */
export const extremum = (name: string, kind: 'maximum' | 'minimum'): MergingLayer<Winners> => {
  const [pick, beats] = kind === 'maximum' ? [maximum, greater] : [minimum, less];
  const mergedShape = (shapes: readonly (readonly number[])[]) => broadcastShape(name, shapes);
  return linearMerging({
    name,
    parameters: [],
    statistics: [],
    mergedShape,
    initialize: () => ({ parameters: [], statistics: [] }),

    forward({ statistics }, inputs: Tensors) {
      mergedShape(inputs.map(({ shape }) => shape.slice(1)));
      return scoped(() => {
        let output = inputs[0]!;
        let masks: Tensor[] = [];
        for (const input of inputs.slice(1)) {
          const isNew = beats(input, output);
          const isOld = cast(logicalNot(isNew), 'float32');
          masks = [
            ...(masks.length > 0 ? masks.map((mask) => mul(mask, isOld)) : [isOld]),
            cast(isNew, 'float32'),
          ];
          output = pick(output, input);
        }
        return { output, cache: { masks, inputShapes: inputs.map(({ shape }) => shape) }, statistics };
      });
    },

    vjp: (_weights, { masks, inputShapes }, cotangent, wantInputs) =>
      scoped(() => ({
        parameters: [],
        inputs: inputShapes.map((shape, k) =>
          wantInputs[k] ? sumTo(mul(cotangent, masks[k]!), shape) : undefined,
        ),
      })),

    jvp: (_weights, { masks }, _parameterTangents, inputTangents) =>
      tidy(() => {
        const { shape } = masks.at(-1)!;
        const terms = inputTangents.flatMap((tangent, k) =>
          tangent ? [mul(repeatTo(tangent, shape), masks[k]!)] : [],
        );
        return terms.length > 0 ? addN(terms) : zeros(shape);
      }),
  });
};
