import { getBackend, getKernel } from '@tensorflow/tfjs-core';

/**
 * Whether the backend's own `Conv2DBackpropFilter` and `Conv2DBackpropInput` are worth calling.
 *
 * Native TensorFlow's are. wasm has no filter kernel and a naive input kernel unless `@metadistill/backend` registered
 * both. cpu and webgpu have both, but a forward convolution of transposes is several times faster than either.
 */
export const hasFastConvolutionGradients = (): boolean =>
  getBackend() === 'tensorflow' ||
  (getBackend() === 'wasm' && getKernel('Conv2DBackpropFilter', 'wasm') !== undefined);

/** Whether they also take zeros on each side, which cost nothing there, and dilations: ours for wasm do, others do not. */
export const padConvolutionGradients = (): boolean =>
  getBackend() === 'wasm' && hasFastConvolutionGradients();
