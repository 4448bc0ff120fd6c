// TensorFlow.js' own wasm backend, untouched: in a memory of its own and without our guards, beside the one that ours go into.
import { createRequire } from 'node:module';
import { backend, engine, getKernelsForBackend, setBackend, unregisterKernel } from '@tensorflow/tfjs-core';

/** Call it before anything else loads the backend: the package then loads a second time, as if it had not yet. */
export async function loadStock() {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@tensorflow/tfjs-backend-wasm');
  require(path);
  await setBackend('wasm');
  const stock = {
    backend: backend(),
    kernels: new Map(
      getKernelsForBackend('wasm').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]),
    ),
  };
  for (const name of stock.kernels.keys()) unregisterKernel(name, 'wasm');
  // `removeBackend` would also free its memory.
  const { registry, registryFactory } = engine();
  delete registry.wasm;
  delete registryFactory.wasm;
  delete require.cache[path];
  return stock;
}

/** Gives the data of a tensor a new identity in place: what a backend keeps for the old one, such as packed weights, is lost. */
export function renew(wasmBackend, { dataId, size }) {
  const data = wasmBackend.dataIdMap.get(dataId);
  wasmBackend.wasm.tfjs.disposeData(data.id);
  data.id = wasmBackend.dataIdNextNumber++;
  wasmBackend.wasm.tfjs.registerTensor(data.id, size, data.memoryOffset);
}
