import type { KernelCall } from './kernel-call.js';

/** Whether x holds numbers or booleans, and no strings: the calls that ours takes of kernels that TensorFlow.js has for both. */
export const isOfNumbers = ({ inputs: { x } }: KernelCall<'x'>): boolean => x.dtype !== 'string';
