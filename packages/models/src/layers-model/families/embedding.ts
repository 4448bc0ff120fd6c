import { embedding } from '../../layers/embedding/embedding.js';
import type { Compile } from './types.js';

/** The mask of `maskZero` is read by layers that TensorFlow.js runs alone, which then run with this one. */
export const compileEmbedding: Compile = ({ name, shapeOf }) => {
  const [inputDim, outputDim] = shapeOf('embeddings') as [number, number];
  return [{ layer: embedding({ name, inputDim, outputDim }), weights: ['embeddings'] }];
};
