export { inFolder } from './in-folder.js';
export { readSafetensors, writeSafetensors } from './safetensors-files.js';
export { readWeights, writeWeights } from './weights-files.js';
