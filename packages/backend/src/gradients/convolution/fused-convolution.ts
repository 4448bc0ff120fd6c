import {
  engine,
  type GradConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { FusedAttributes } from '../../kernels/activation/fused-activation.js';
import type { ConvolutionAttributes } from '../../kernels/convolution/convolution-geometry.js';
import { sumToShape } from '../broadcasting/sum-to-shape.js';
import {
  denseKernels,
  depthwiseKernels,
  filterGradient,
  type GradientKernels,
  inputGradient,
} from './convolution-terms.js';

type Engine = ReturnType<typeof engine>;

/** What our gradient reads beside the attributes of the kernel. */
interface TapedAttributes extends ConvolutionAttributes, FusedAttributes {
  readonly biasShape?: readonly number[];
}

const fusedConvolution = (kernelName: string, kernels: GradientKernels): GradConfig => ({
  kernelName,
  inputsToSave: ['x', 'filter'],
  gradFunc: (cotangent, saved, attributes) => {
    const [x, filter] = saved as [Tensor4D, Tensor4D];
    const dy = cotangent as Tensor4D;
    const given = attributes as unknown as TapedAttributes;
    const { activation, biasShape } = given;
    if (activation && activation !== 'linear') {
      throw new Error(
        `${kernelName}: the activation ${activation} has no gradient within it; expected linear. Apply it to the output.`,
      );
    }
    return {
      x: () => inputGradient(kernels, x.shape, dy, filter, given),
      filter: () => filterGradient(kernels, x, dy, filter.shape, given),
      ...(biasShape && { bias: () => sumToShape(dy, biasShape) }),
    };
  },
});

export const fusedConvolutionGradients: readonly GradConfig[] = [
  fusedConvolution('FusedConv2D', denseKernels),
  fusedConvolution('FusedDepthwiseConv2D', depthwiseKernels),
];

const fusedOperations = ['fusedConv2d__op', 'fusedDepthwiseConv2d__op'];

const handed = new WeakSet<Engine>();

/**
 * Makes `tf.fused.conv2d` and `tf.fused.depthwiseConv2d` use the registered gradients of their kernels.
 *
 * They bring a gradient of their own, by `customGrad`, which throws for dilations and computes the gradient of the input
 * even if nobody asks for it. There is no other way past it: `tf.layers.conv2d` calls them whatever its dilation is. So the
 * engine's `customGrad` runs the function that these two hand to it as it would run any other code.
 */
export function handFusedToRegistry(): void {
  const current = engine();
  if (handed.has(current)) return;
  handed.add(current);
  const { customGrad } = current;
  current.customGrad = ((f: (...inputs: unknown[]) => { readonly value: Tensor }) => {
    if (!fusedOperations.includes(current.state.activeScope?.name ?? '')) {
      return customGrad.call(current, f as never);
    }
    return (...inputs: Tensor[]) => withTape(current, () => f(...inputs, () => {}).value);
  }) as Engine['customGrad'];
}

/**
 * Calls a body whose first kernel is a fused one. A tape takes no inputs that are undefined, so these are left out; the
 * bias' shape goes to the attributes, from which the gradient takes it.
 */
function withTape<Result>(current: Engine, body: () => Result): Result {
  const { runKernel } = current;
  const isOwn = Object.hasOwn(current, 'runKernel');
  const restore = () => {
    if (isOwn) current.runKernel = runKernel;
    else Reflect.deleteProperty(current, 'runKernel');
  };
  current.runKernel = ((kernelName: string, inputs: NamedTensorMap, attributes: NamedAttrMap) => {
    restore();
    const given = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor != null));
    const biasShape = given.bias?.shape;
    return runKernel.call(current, kernelName, given, { ...attributes, ...(biasShape && { biasShape }) });
  }) as Engine['runKernel'];
  try {
    return body();
  } finally {
    restore();
  }
}
