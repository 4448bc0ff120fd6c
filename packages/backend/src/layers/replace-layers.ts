import { replaceBatchNormalization } from './batch-normalization.js';

/** Replaces what layers of tfjs-layers compute that are slow or wrong, if it is loaded. Calling it again changes nothing. */
export function replaceLayers(): void {
  replaceBatchNormalization();
}
