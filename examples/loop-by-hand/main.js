import { disposeBatch, makeBatch, planBatches, torchRandom } from '@metadistill/datasets';
import {
  adam,
  adamDescent,
  innerStep,
  logitProblem,
  metaparameterSpace,
  mixed,
  readHypergradient,
} from '@metadistill/hypergrad';
import { convexMix, crossEntropy, evaluate } from '@metadistill/losses';
import { dense, disposeWeights, model, relu } from '@metadistill/models';
import * as tf from '@tensorflow/tfjs';
import { teacherLogits, training, validation } from './task.js';

await tf.setBackend('cpu'); // the steps are tiny

const layers = [dense({ inputs: 4, outputs: 8 }), relu(), dense({ inputs: 8, outputs: 2 })];
const student = model({ name: 'student', inputShape: [4], classes: 2, layers });

// What is minimised, what the metaparameters are tuned on, and where they may go.
const problem = logitProblem({
  model: student,
  trainingLoss: convexMix({ scaling: 'none' }),
  validationLoss: crossEntropy(),
});
const space = metaparameterSpace({
  distillationFraction: { bounds: [0, 1], transform: 'sigmoid' },
  temperature: { bounds: [1, 50], transform: 'log' },
});
const [optimizer, outer] = [adam(), adamDescent({ learningRate: 0.1 })];
const method = mixed({ scaleFree: true });
const random = torchRandom(1);
const indices = Int32Array.from(validation.labels.keys());
const validationBatch = makeBatch({ dataset: validation, indices });

// The loop: all of its state is in these four.
let weights = student.initialize(random.uniform);
let optimizerState = optimizer.initialize(weights.parameters);
let free = space.free({ distillationFraction: 0.5, temperature: 2 });
let outerState = outer.initialize(free);
for (let epoch = 0; epoch < 30; epoch++) {
  const plan = planBatches({ examples: 300, batchSize: 32, order: random.permutation(300) });
  for (let i = 0; i < plan.batchCount; i++) {
    const trainingBatch = makeBatch({ dataset: training, indices: plan.indices(i), teacherLogits });
    const metaparameters = space.value(free);
    const point = { weights, metaparameters, optimizer, optimizerState, learningRate: 0.02 };
    let next;
    if (i % 5 === 0) {
      // The derivative of the validation loss after the step by the metaparameters, and the step itself.
      const result = method.evaluate({ problem, point, trainingBatch, validationBatch });
      const { gradient } = await readHypergradient(problem, result);
      const slopes = space.pullBack(free, gradient);
      ({ metaparameters: free, state: outerState } = outer.update(free, slopes, outerState));
      next = result.next;
    } else {
      next = tf.tidy(() => innerStep(point, problem.training(weights, trainingBatch)).next);
    }
    disposeWeights(weights);
    disposeBatch(trainingBatch);
    tf.dispose(optimizerState);
    ({ weights, optimizerState } = next);
  }
  if (epoch % 10 !== 9) continue;
  const { distillationFraction, temperature } = space.value(free);
  const logits = student.predict(weights, validationBatch.inputs);
  const { accuracy } = await evaluate(logits, validationBatch);
  logits.dispose();
  console.log(
    `epoch ${epoch + 1}: validation accuracy ${accuracy.toFixed(3)}, ` +
      `distillation fraction ${distillationFraction.toFixed(2)}, temperature ${temperature.toFixed(1)}`,
  );
}
