import type { Model, TensorSpec } from '../types.js';
import type { HostTensor } from './types.js';

/** The declarations that weights are named and checked by. */
export type WeightSpecs = Pick<Model, 'name' | 'parameters' | 'statistics'>;

/** How a file names and lays out the tensors of a model. */
export interface WeightLayout {
  nameOf(spec: TensorSpec): string;
  shapeOf(spec: TensorSpec): readonly number[];
  /** Values in the file's order from values in ours, and back. */
  toFile(values: HostTensor['values'], spec: TensorSpec): HostTensor['values'];
  fromFile(values: HostTensor['values'], spec: TensorSpec): HostTensor['values'];
  /** Whether a tensor that the model does not declare may be there. */
  isIgnored(name: string): boolean;
}

/** Names, shapes and order of the model's own. */
export const ownLayout: WeightLayout = {
  nameOf: ({ name }) => name,
  shapeOf: ({ shape }) => shape,
  toFile: (values) => values,
  fromFile: (values) => values,
  isIgnored: () => false,
};
