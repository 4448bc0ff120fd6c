import { addN, type KernelConfig, type Tensor, tidy } from '@tensorflow/tfjs-core';

type KernelFunction = KernelConfig['kernelFunc'];

/** WebGPU guarantees eight buffers to a shader, and the sum takes one. */
const mostTerms = 7;

/**
 * `AddN` for any number of terms, by a kernel that takes at most seven: WebGPU's own binds a buffer to each term, and
 * fails without an exception where they are too many.
 */
export const addInGroups =
  (stock: KernelFunction): KernelFunction =>
  (call) => {
    const terms = call.inputs as unknown as Tensor[];
    if (terms.length <= mostTerms) return stock(call);
    return tidy(() => {
      const groups = Array.from({ length: Math.ceil(terms.length / mostTerms) }, (_, i) =>
        terms.slice(i * mostTerms, (i + 1) * mostTerms),
      );
      return addN(groups.map((group) => addN(group)));
    });
  };
