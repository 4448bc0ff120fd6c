import { add } from '../../layers/merging/add.js';
import { average } from '../../layers/merging/average.js';
import { concatenate } from '../../layers/merging/concatenate.js';
import { maximum } from '../../layers/merging/maximum.js';
import { minimum } from '../../layers/merging/minimum.js';
import { multiply } from '../../layers/merging/multiply.js';
import { sameShape } from '../../shapes.js';
import type { LayerOptions, MergingLayer } from '../../types.js';
import type { Compile } from './types.js';

/** Inputs of several ranks, which tfjs-layers pads with axes of its own, are left to it. */
const elementwise =
  (make: (options: LayerOptions) => MergingLayer): Compile =>
  ({ name, inputShapes }) =>
    inputShapes.every(({ length }) => length === inputShapes[0]!.length)
      ? [{ layer: make({ name }) }]
      : undefined;

export const compileAdd = elementwise(add);
export const compileAverage = elementwise(average);
export const compileMaximum = elementwise(maximum);
export const compileMinimum = elementwise(minimum);
export const compileMultiply = elementwise(multiply);

export const compileConcatenate: Compile = ({ name, config, inputShapes, outputShape }) => {
  const layer = concatenate({ name, axis: Math.max(-1, config.axis as number) });
  return sameShape(layer.mergedShape(inputShapes), outputShape) ? [{ layer }] : undefined;
};
