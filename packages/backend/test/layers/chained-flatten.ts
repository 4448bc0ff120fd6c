import { reshape, Tensor } from '@tensorflow/tfjs-core';

// tfjs-layers calls methods of tensors that only the package @tensorflow/tfjs adds.
Object.assign(Tensor.prototype, {
  flatten(this: Tensor) {
    return reshape(this, [this.size]);
  },
});
