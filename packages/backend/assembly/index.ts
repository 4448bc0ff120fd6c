export { centredSums, channelSums, moments, normalise, normaliseDerivative } from './batch-norm';
export { convolve } from './convolve';
export { correlate } from './correlate';
export { axpy, reluGradient } from './elementwise';
export { globalAveragePool, globalAveragePoolGradient } from './global-average-pool';
export { maxPool, maxPoolGather, maxPoolScatter } from './max-pool';
export { writeOffsets } from './offsets';
export { packFilter, padChannels, transpose, unpackFilter, zero } from './pack';
export { multiplyAddChains, multiplyAddLoads } from './peak';
