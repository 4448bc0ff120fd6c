import { type BackendChoice, type SelectBackendOptions, selectBackend } from '@metadistill/backend';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { nativeFolder } from './native-folder.js';

/** `selectBackend` of `@metadistill/backend`, with what `reproduce native` has set up and without TF.js' notices. */
export function chooseBackend(options: SelectBackendOptions): Promise<BackendChoice> {
  enableProdMode();
  return selectBackend({ nativeFolder: nativeFolder(), ...options });
}
