import { type BackendChoice, type SelectBackendOptions, selectBackend } from '@metadistill/backend';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { nativeFolder } from './native-folder.js';

/**
 * `selectBackend` of `@metadistill/backend`, with what `reproduce native` has set up and without TF.js' notices. Unless
 * asked otherwise the arithmetic is direct, so that results stay those of the committed logs.
 */
export function chooseBackend(options: SelectBackendOptions): Promise<BackendChoice> {
  enableProdMode();
  return selectBackend({ nativeFolder: nativeFolder(), arithmetic: 'direct', ...options });
}
