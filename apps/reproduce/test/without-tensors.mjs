import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// `node --import` this, and importing what loads TensorFlow.js throws.
if (isMainThread) register(import.meta.url);

export function resolve(name, context, next) {
  if (/^@(metadistill|tensorflow)\//.test(name)) throw new Error(`${name} was imported`);
  return next(name, context);
}
