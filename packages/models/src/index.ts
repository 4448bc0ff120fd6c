export { scoped } from './scoped.js';
export { addScaled, disposeWeights, dotTensors, normTensors, zeroTensors } from './tensors.js';
export type * from './types.js';
