import type { KernelRow } from '../call/kernel-row.js';
import {
  batchNormEvaluation,
  batchNormTraining,
  batchNormTrainingGradient,
  batchNormTrainingJvp,
} from './batch-norm.js';
import { fusedBatchNorm, fusedBatchNormGradient } from './batch-norm.tensorflow.js';
import {
  batchNormReluMaxPool,
  batchNormReluMaxPoolEvaluation,
  batchNormReluMaxPoolGradient,
  batchNormReluMaxPoolJvp,
} from './batch-norm-relu-pool.js';
import { centredSums } from './centred-sums.js';
import { sumPerChannel } from './sum-per-channel.js';

export const batchNormKernels: readonly KernelRow[] = [
  { name: 'MetadistillBatchNormTraining', wasm: batchNormTraining, tensorflow: fusedBatchNorm },
  {
    name: 'MetadistillBatchNormTrainingGrad',
    wasm: batchNormTrainingGradient,
    tensorflow: fusedBatchNormGradient,
  },
  { name: 'MetadistillBatchNormTrainingJvp', wasm: batchNormTrainingJvp },
  { name: 'MetadistillBatchNormEvaluation', wasm: batchNormEvaluation },
  { name: 'MetadistillBatchNormReluMaxPool', wasm: batchNormReluMaxPool },
  { name: 'MetadistillBatchNormReluMaxPoolGrad', wasm: batchNormReluMaxPoolGradient },
  { name: 'MetadistillBatchNormReluMaxPoolJvp', wasm: batchNormReluMaxPoolJvp },
  { name: 'MetadistillBatchNormReluMaxPoolEvaluation', wasm: batchNormReluMaxPoolEvaluation },
  { name: 'MetadistillCentredSums', wasm: centredSums },
  { name: 'MetadistillSumPerChannel', wasm: sumPerChannel },
];
