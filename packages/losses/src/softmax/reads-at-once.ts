import { getBackend } from '@tensorflow/tfjs-core';

/** Whether tensors lie in memory that can be read at once; elsewhere reading waits for all that was asked of the device. */
export const readsAtOnce = (): boolean => ['cpu', 'wasm'].includes(getBackend());
