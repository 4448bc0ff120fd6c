import { mul, reshape, type Tensor, type Tensor4D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { NativeAttribute, NativeBackend } from '../../loaders/native-backend.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { type BatchNormAttributes, rowsOf } from './batch-norm-channels.js';

type Vjp = KernelCall<'x' | 'dy' | 'scale' | 'mean' | 'variance', BatchNormAttributes>;

/**
 * `MetadistillBatchNormTraining` on native TensorFlow, by its operation `FusedBatchNormV3` in training mode.
 *
 * `x` is float32 `[..., channels]`, `scale` and `offset` are `[channels]`. The operation returns the unbiased
 * variance, Σ (x − mean)² / (n − 1); the kernel the biased one, which normalises.
 *
 * @returns y of x's shape, mean and biased variance `[channels]`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or x is empty.
 */
export function fusedBatchNorm({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'scale' | 'offset', BatchNormAttributes>): Tensor[] {
  const { x, scale, offset } = inputs as Record<keyof typeof inputs, Tensor>;
  const { rows } = rowsOf('batchNormTraining', x, { scale, offset });
  return tidy(() => {
    const [y, mean, variance] = forward(backend as NativeBackend, images(x), scale, offset, attrs.epsilon);
    return [reshape(y, x.shape), mean, mul(variance, (rows - 1) / rows)];
  });
}

/**
 * `MetadistillBatchNormTrainingGrad` on native TensorFlow, by its operation `FusedBatchNormGradV3`.
 *
 * On a CPU the operation takes mean and biased variance; on a GPU it takes what its own forward operation left behind,
 * in a form of cuDNN's, so that the forward operation is run again.
 *
 * @returns dx of x's shape, dScale and dOffset `[channels]`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or x is empty.
 */
export function fusedBatchNormGradient({ inputs, attrs, backend }: Vjp): Tensor[] {
  const { x, dy, scale, mean, variance } = inputs as Record<keyof typeof inputs, Tensor>;
  rowsOf('batchNormTrainingGrad', x, { scale, mean, variance });
  checkTensor('batchNormTrainingGrad', 'dy', dy, 'float32');
  checkShape('batchNormTrainingGrad', 'dy', dy, x.shape);
  const native = backend as NativeBackend;
  return tidy(() => {
    const pixels = images(x);
    const reserved = native.isUsingGpuDevice
      ? forward(native, pixels, scale, scale, attrs.epsilon).slice(3)
      : [mean, variance, tensor1d([])];
    const [dx, dScale, dOffset] = native.executeMultipleOutputs(
      'FusedBatchNormGradV3',
      attributesOf(native, attrs.epsilon),
      [images(dy), pixels, scale, ...reserved],
      5,
    ) as [Tensor, Tensor, Tensor];
    return [reshape(dx, x.shape), dScale, dOffset];
  });
}

/** y, mean, unbiased variance, and three outputs for the gradient; offset does not enter the last five. */
function forward(
  native: NativeBackend,
  pixels: Tensor4D,
  scale: Tensor,
  offset: Tensor,
  epsilon: number,
): [y: Tensor, mean: Tensor, variance: Tensor, ...reserved: Tensor[]] {
  const none = tensor1d([]); // Running moments, which training mode does not read.
  const attributes = attributesOf(native, epsilon);
  const inputs = [pixels, scale, offset, none, none];
  return native.executeMultipleOutputs('FusedBatchNormV3', attributes, inputs, 6) as [Tensor, Tensor, Tensor];
}

function attributesOf({ binding }: NativeBackend, epsilon: number): NativeAttribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
}

/** `[batch, height, width, channels]`, the one rank that the operations take. */
const images = (x: Tensor): Tensor4D =>
  x.rank === 4 ? (x as Tensor4D) : reshape(x, [x.size / (x.shape.at(-1) as number), 1, 1, -1]);
