import { sizeOf } from '../shapes.js';
import type { TensorSpec } from '../types.js';
import type { HostTensor } from './types.js';
import type { WeightLayout } from './weight-layout.js';

/**
 * PyTorch's names and order: a convolution's filter is (outputs, inputs, height, width) or (outputs, inputs, steps), a
 * depthwise one (outputs, 1, height, width), a transposed one (inputs, outputs, height, width), a linear layer's weight
 * (outputs, inputs), its inputs channels first if they were an image. Specs may say that a tensor is as it is here.
 */
export const torchLayout: WeightLayout = {
  nameOf: ({ name }) =>
    name.replace(/\brunningMean$/, 'running_mean').replace(/\brunningVariance$/, 'running_var'),

  shapeOf(spec) {
    const kernel = kernelShape(spec);
    if (!kernel) return spec.shape;
    const [height, width, inputs, outputs] = kernel;
    if (spec.shape.length === 2) return [outputs, spec.shape[0] as number];
    return spec.shape.length === 3 ? [outputs, inputs, width] : [outputs, inputs, height, width];
  },

  toFile(values, spec) {
    const kernel = kernelShape(spec);
    return kernel ? permuted(values, kernel, [3, 2, 0, 1]) : values;
  },

  fromFile(values, spec) {
    const kernel = kernelShape(spec);
    if (!kernel) return values;
    const [height, width, inputs, outputs] = kernel;
    return permuted(values, [outputs, inputs, height, width], [2, 3, 1, 0]);
  },

  // How many batches the running statistics have seen, which only a momentum of None uses.
  isIgnored: (name) => name.endsWith('num_batches_tracked'),
};

type Kernel = readonly [height: number, width: number, inputs: number, outputs: number];

/** What a weight connects, as a filter over an image; undefined for what PyTorch lays out as we do. */
function kernelShape({ name, shape, fromImage, torchLayout }: TensorSpec): Kernel | undefined {
  if (shape.length < 2 || torchLayout === 'asIs') return undefined;
  const [first, second, third, fourth] = shape as Lengths;
  switch (shape.length) {
    case 2:
      return [...(fromImage ?? ([1, 1, first] as const)), second];
    case 3:
      return [1, first, second, third];
    case 4:
      return torchLayout === 'groups' ? [first, second, 1, third * fourth] : [first, second, third, fourth];
    default:
      throw new RangeError(
        `${name}: shape is [${shape.join(', ')}]; expected 1 to 4 axes. PyTorch's order is known of vectors, dense weights and filters.`,
      );
  }
}

type Lengths = [number, number, number, number];

/** Values of a tensor with its axes in another order: axis i of the result is axis `axes[i]` of the tensor. */
function permuted(
  values: HostTensor['values'],
  shape: Kernel,
  axes: Readonly<Lengths>,
): HostTensor['values'] {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const [a, b, c, d] = axes.map((axis) => shape[axis]) as Lengths;
  const [strideA, strideB, strideC, strideD] = axes.map((axis) => strides[axis]) as Lengths;
  const result = values.slice();
  let to = 0;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) {
        for (let l = 0; l < d; l++) {
          const from = i * strideA + j * strideB + k * strideC + l * strideD;
          result[to] = values[from]!;
          to += 1;
        }
      }
    }
  }
  return result;
}
