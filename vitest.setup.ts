import '@tensorflow/tfjs-backend-cpu';
import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';

// Silences the advice that TF.js prints in Node on its first tensor.
enableProdMode();
await setBackend('cpu');
