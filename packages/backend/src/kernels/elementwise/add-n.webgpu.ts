import { addN, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** A call of `AddN`: a list of tensors of one shape. */
interface AddNCall {
  readonly inputs: readonly Tensor[];
}

/** WebGPU guarantees eight buffers to a shader, and the sum takes one. */
const mostTerms = 7;

/** Whether WebGPU's own kernel fails, without an exception: it binds a buffer to each term. */
export const tooManyTerms = ({ inputs }: AddNCall): boolean => inputs.length > mostTerms;

/** `AddN` on WebGPU for more than seven terms: the sum of the sums of seven each. */
export function addInGroups({ inputs }: AddNCall): Tensor {
  return tidy(() => {
    const groups = Array.from({ length: Math.ceil(inputs.length / mostTerms) }, (_, i) =>
      inputs.slice(i * mostTerms, (i + 1) * mostTerms),
    );
    return addN(groups.map((group) => addN(group)));
  });
}
